/**
 * The policy page: the whole text in one or both languages, its outline, its notes and the search.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').Clause} Clause
 * @typedef {'zh' | 'en' | 'both'} View
 */
import { decoded } from '../shared/address.js';
import { dateWords } from '../shared/dates.js';
import { el } from '../shared/dom.js';
import { failureWords } from '../shared/failure.js';
import { call } from '../shared/http.js';
import { pick, text } from '../shared/i18n.js';
import { startPage } from '../shared/page.js';
import { lasting } from '../shared/storage.js';
import { clauseSection } from './clause_section.js';
import { outlineList } from './outline.js';
import { startSearch } from './search.js';

const API = '/api/v1';
const HEADER_PX = 100;
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const chosenView = lasting('clausedesk.policy-view');
const asked = new URLSearchParams(window.location.search).get('version');

/** @type {Language} */
let lang = 'zh';
const loading = load();
const search = startSearch(API, () => lang);

startPage((chosen) => {
  lang = chosen;
  search.redraw();
  void render();
});
for (const button of byId('view-switch').querySelectorAll('button')) {
  button.addEventListener('click', () => {
    chosenView.write(button.dataset.view);
    void render();
  });
}
window.addEventListener('hashchange', showTarget);

async function load() {
  const query = asked ? `?version=${encodeURIComponent(asked)}` : '';
  const [about, { clauses }] = await Promise.all([call(`${API}/policy`), call(`${API}/policy/clauses${query}`)]);
  return { about, clauses: /** @type {Clause[]} */ (clauses) };
}

async function render() {
  byId('policy-state').textContent = text(lang, 'loading');
  try {
    const { about, clauses } = await loading;
    const view = currentView(about.policy.languages);
    renderHead(about, clauses);
    markView(view);
    byId('outline').replaceChildren(outlineList(about.outline, lang));
    const known = new Map(clauses.map((clause) => [clause.clause_id, clause]));
    byId('clauses').dataset.view = view;
    const reading = clauseInView();
    byId('clauses').replaceChildren(...clauses.map((clause) => clauseSection(clause, known, view, lang)));
    byId('policy-state').textContent = '';
    if (reading) document.getElementById(reading)?.scrollIntoView();
    else showTarget();
  } catch (error) {
    byId('policy-state').textContent = failureWords(error, lang);
  }
}

/** @param {any} about @param {Clause[]} clauses */
function renderHead({ policy, versions }, clauses) {
  const version = clauses[0]?.version ?? policy.version;
  const shown = versions.find((/** @type {any} */ entry) => entry.version === version) ?? policy;
  byId('policy-title').textContent = pick(policy.title, lang);
  byId('policy-facts').textContent = shown.effective_date
    ? text(lang, 'policy.facts', { version, date: dateWords(`${shown.effective_date}T12:00:00+08:00`, lang) })
    : text(lang, 'policy.facts.undated', { version });
  byId('version-field').hidden = versions.length < 2;
  const select = /** @type {HTMLSelectElement} */ (byId('policy-version'));
  select.replaceChildren(...versions.map((/** @type {any} */ entry) => el(
    'option', { value: entry.version, selected: entry.version === version }, entry.version,
  )));
  select.onchange = () => window.location.assign(`/policy?version=${encodeURIComponent(select.value)}`);
}

/** @param {string[]} languages @returns {View} */
function currentView(languages) {
  const kept = chosenView.read();
  if (kept === 'both' && languages.length > 1) return 'both';
  return kept === 'zh' || kept === 'en' ? kept : lang;
}

/** @param {View} view */
function markView(view) {
  for (const button of byId('view-switch').querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button.dataset.view === view));
  }
}

/** @returns {string | null} id of the clause being read, so that another view of it stays in place */
function clauseInView() {
  if (window.scrollY < byId('clauses').offsetTop) return null;
  const sections = Array.from(byId('clauses').children);
  return sections.find((section) => section.getBoundingClientRect().bottom > HEADER_PX)?.id ?? null;
}

/** The text arrives after the page, so the browser cannot find the anchor by itself. */
function showTarget() {
  document.querySelector('.is-target')?.classList.remove('is-target');
  const target = document.getElementById(decoded(window.location.hash.slice(1)));
  if (!target) return;
  target.classList.add('is-target');
  target.scrollIntoView();
  target.focus({ preventScroll: true });
}
