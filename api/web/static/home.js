/**
 * The demonstration site's front page: real clauses and real deadlines of the policy that is loaded, nothing hard-wired.
 *
 * @typedef {import('./shared/types.js').RequestType} RequestType
 */
import { clauseLoader } from './shared/clauses.js';
import { el } from './shared/dom.js';
import { call } from './shared/http.js';
import { nameOf, pick, text } from './shared/i18n.js';
import { pageLanguage, startPage } from './shared/page.js';
import { clockWords } from './shared/promise.js';
import { slip } from './shared/promise_slips.js';

const API = '/api/v1';
const SPECIMEN_TYPE = 'account_closure';

const loadClause = clauseLoader(API);
const types = call(`${API}/dsr/types`);
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

startPage((lang) => void render(lang));

for (const button of document.querySelectorAll('[data-ask]')) {
  button.addEventListener('click', () => {
    const chat = /** @type {any} */ (document.querySelector('clausedesk-chat'));
    chat.ask(text(pageLanguage(), button.getAttribute('data-ask') ?? ''));
  });
}

/** @param {import('./shared/types.js').Language} lang */
async function render(lang) {
  try {
    /** @type {{types: RequestType[]}} */
    const list = await types;
    byId('clocks').replaceChildren(...list.types.map((type) => clockItem(type, lang)));
    const promise = list.types.find(({ type }) => type === SPECIMEN_TYPE) ?? list.types[0];
    if (promise) byId('specimen').replaceChildren(await slip(promise.clause_id, lang, loadClause));
  } catch {
    byId('clocks-state').textContent = text(lang, 'error.unreachable');
  }
}

/** @param {RequestType} type @param {import('./shared/types.js').Language} lang */
function clockItem(type, lang) {
  const deadlineSource = el('span');
  if (type.clock_clause_id !== type.clause_id) void nameSource();
  return el(
    'li', { class: 'clock', 'data-type': type.type },
    el('span', { class: 'clock-days' }, String(type.working_days ?? type.days ?? '')),
    el('span', { class: 'clock-unit' }, clockWords(type, lang)),
    el('a', { class: 'clock-type', href: `/requests?type=${encodeURIComponent(type.type)}` }, nameOf(lang, 'type', type.type)),
    el('p', { class: 'clock-clauses' }, clauseLink(type.clause_id, pick(type.label, lang)), deadlineSource),
  );

  async function nameSource() {
    const clause = await loadClause(type.clock_clause_id);
    deadlineSource.append(text(lang, 'home.clocks.source'), clauseLink(clause.clause_id, pick(clause.label, lang)));
  }
}

/** @param {string} clauseId @param {string} label */
function clauseLink(clauseId, label) {
  return el('a', { class: 'clock-clause', href: `/policy#clause-${clauseId}` }, label);
}
