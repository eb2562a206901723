/**
 * The demonstration site's front page: real clauses and real deadlines of the policy that is loaded, nothing hard-wired.
 *
 * @typedef {import('./shared/types.js').RequestType} RequestType
 */
import { clauseSlip } from './shared/clause_slip.js';
import { clauseLoader } from './shared/clauses.js';
import { el } from './shared/dom.js';
import { call } from './shared/http.js';
import { nameOf, pick, pickedLanguage, text } from './shared/i18n.js';
import { pageLanguage, startPage } from './shared/page.js';
import { clockWords } from './shared/promise.js';

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
    if (promise) byId('specimen').replaceChildren(await specimen(promise.clause_id, lang));
  } catch {
    byId('clocks-state').textContent = text(lang, 'error.unreachable');
  }
}

/** @param {RequestType} type @param {import('./shared/types.js').Language} lang */
function clockItem(type, lang) {
  return el(
    'li', { class: 'clock', 'data-type': type.type },
    el('span', { class: 'clock-days' }, String(type.working_days ?? type.days ?? '')),
    el('span', { class: 'clock-unit' }, clockWords(type, lang)),
    el('a', { class: 'clock-type', href: `/requests?type=${encodeURIComponent(type.type)}` }, nameOf(lang, 'type', type.type)),
    el('a', { class: 'clock-clause', href: `/policy#clause-${type.clause_id}` }, pick(type.label, lang)),
  );
}

/** @param {string} clauseId @param {import('./shared/types.js').Language} lang */
async function specimen(clauseId, lang) {
  const clause = await loadClause(clauseId);
  const spoken = pickedLanguage(clause.text, lang);
  return clauseSlip(
    { clause_id: clauseId, label: clause.label, quote: pick(clause.text, lang), lang: spoken, policy_version: clause.version, url: clause.url },
    lang, loadClause,
  );
}
