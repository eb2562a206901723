/**
 * Filing a request without the chat.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').RequestType} RequestType
 */
import { clauseLoader } from '../shared/clauses.js';
import { failureWords } from '../shared/failure.js';
import { call } from '../shared/http.js';
import { startPage } from '../shared/page.js';
import { filedView } from './filed_view.js';
import { RequestForm } from './request_form.js';

const API = '/api/v1';
const place = /** @type {HTMLElement} */ (document.getElementById('form-place'));
const state = /** @type {HTMLElement} */ (document.getElementById('form-state'));

/** @type {Promise<{types: RequestType[]}>} */
const loading = call(`${API}/dsr/types`);
const loadClause = clauseLoader(API);
/** @type {RequestForm | null} */
let form = null;
/** @type {any} */
let filed = null;

startPage((lang) => void render(lang));

/** @param {Language} lang */
async function render(lang) {
  if (filed) return showFiled(lang);
  try {
    const { types } = await loading;
    const filled = form?.values() ?? { type: new URLSearchParams(window.location.search).get('type') ?? '' };
    form = new RequestForm({ api: API, types, lang, loadClause, filled, done: (answer) => onFiled(answer) });
    place.replaceChildren(form.root);
    state.textContent = '';
  } catch (error) {
    state.textContent = failureWords(error, lang);
  }
}

/** @param {any} answer of POST /dsr/requests */
function onFiled(answer) {
  filed = answer;
  showFiled(document.documentElement.lang.startsWith('en') ? 'en' : 'zh');
  place.querySelector('h2')?.focus();
}

/** @param {Language} lang */
function showFiled(lang) {
  place.replaceChildren(filedView(filed, lang, again));

  function again() {
    filed = null;
    form = null;
    void render(lang);
  }
}
