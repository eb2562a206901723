/**
 * One request's status, for whoever holds its token. The token comes in the address's fragment (never sent to a server),
 * is kept for this tab and taken out of the address bar.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').TrackedRequest} TrackedRequest
 */
import { decoded } from '../shared/address.js';
import { clauseLoader } from '../shared/clauses.js';
import { el } from '../shared/dom.js';
import { failureWords } from '../shared/failure.js';
import { ApiError, call } from '../shared/http.js';
import { text } from '../shared/i18n.js';
import { pageLanguage, startPage } from '../shared/page.js';
import { thisTab } from '../shared/storage.js';
import { statusView } from './status_view.js';

const API = '/api/v1';
const reference = decoded(window.location.pathname.split('/').pop() ?? '');
const kept = thisTab(`clausedesk.request ${reference}`);
const place = /** @type {HTMLElement} */ (document.getElementById('status-place'));
const state = /** @type {HTMLElement} */ (document.getElementById('status-state'));
const loadClause = clauseLoader(API);
/** @type {TrackedRequest | null} */
let request = null;

takeToken();
startPage((lang) => (request ? show(request, lang) : void load(lang)));
window.addEventListener('hashchange', () => {
  if (takeToken()) void load(pageLanguage());
});

/** @returns {boolean} whether there was one */
function takeToken() {
  const token = window.location.hash.slice(1);
  if (!token || token === 'main') return false;
  kept.write(token);
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
  return true;
}

/** @param {Language} lang */
async function load(lang) {
  const token = kept.read();
  if (!token) return explain(lang, 'request.locked');
  state.textContent = text(lang, 'loading');
  try {
    ({ request } = await call(path(), { token }));
    show(/** @type {TrackedRequest} */ (request), lang);
    state.textContent = '';
  } catch (error) {
    fail(error, lang);
  }
}

/** @param {TrackedRequest} shown @param {Language} lang */
function show(shown, lang) {
  place.replaceChildren(statusView(shown, lang, loadClause, cancel));
}

async function cancel() {
  const lang = pageLanguage();
  try {
    const answer = await call(path('/cancel'), { method: 'POST', token: kept.read() });
    request = answer?.request?.events ? answer.request : (await call(path(), { token: kept.read() })).request;
    show(/** @type {TrackedRequest} */ (request), lang);
    state.textContent = text(lang, 'request.cancelled');
  } catch (error) {
    fail(error, lang);
  }
}

/** @param {unknown} error @param {Language} lang */
function fail(error, lang) {
  const refused = error instanceof ApiError && (error.status === 401 || error.status === 404);
  if (refused) {
    kept.forget();
    return explain(lang, 'request.unknown');
  }
  state.textContent = failureWords(error, lang);
  if (!request) place.replaceChildren(el('button', { type: 'button', class: 'button', onclick: () => void load(lang) }, text(lang, 'request.again')));
}

/** @param {Language} lang @param {string} key */
function explain(lang, key) {
  state.textContent = '';
  place.replaceChildren(el(
    'div', { class: 'notice', 'data-part': 'locked' },
    el('p', {}, text(lang, key)), key === 'request.unknown' && el('p', {}, text(lang, 'request.locked')),
  ));
}

/** @param {string} [action] @returns {string} */
function path(action = '') {
  return `${API}/dsr/requests/${encodeURIComponent(reference)}${action}`;
}
