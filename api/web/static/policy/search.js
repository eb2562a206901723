/**
 * The search box. Says honestly when the policy does not answer.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').SearchAnswer} SearchAnswer
 */
import { el } from '../shared/dom.js';
import { failureWords } from '../shared/failure.js';
import { call } from '../shared/http.js';
import { text } from '../shared/i18n.js';
import { resultView } from '../shared/result_view.js';

const RESULTS = 6;

/**
 * @param {string} api
 * @param {() => Language} language
 * @returns {{redraw: () => void}}
 */
export function startSearch(api, language) {
  const form = /** @type {HTMLFormElement} */ (document.getElementById('policy-search'));
  const state = /** @type {HTMLElement} */ (document.getElementById('search-state'));
  const list = /** @type {HTMLElement} */ (document.getElementById('search-results'));
  /** @type {SearchAnswer | null} */
  let shown = null;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void search();
  });
  return { redraw: () => shown && draw(shown) };

  async function search() {
    const query = String(new FormData(form).get('query') ?? '').trim();
    if (!query) return;
    const version = new URLSearchParams(window.location.search).get('version');
    try {
      const body = { query, lang: language(), top_k: RESULTS, policy_version: version };
      draw(await call(`${api}/policy/search`, { method: 'POST', body }));
    } catch (error) {
      list.replaceChildren();
      state.textContent = failureWords(error, language());
    }
  }

  /** @param {SearchAnswer} answer */
  function draw(answer) {
    shown = answer;
    const lang = language();
    state.dataset.answerable = String(answer.answerable);
    state.textContent = stateWords(answer, lang);
    const items = answer.results.map((result) => el('li', {}, resultView(result, lang, result.url.replace('/policy', ''))));
    const close = el('button', { type: 'button', class: 'text-button', 'data-action': 'close-results', onclick: clear }, text(lang, 'policy.search.close'));
    list.replaceChildren(...(items.length ? [el('ol', { class: 'results' }, ...items), close] : []));
  }

  function clear() {
    shown = null;
    state.textContent = '';
    delete state.dataset.answerable;
    list.replaceChildren();
    /** @type {HTMLInputElement} */ (form.elements.namedItem('query')).focus();
  }
}

/** @param {SearchAnswer} answer @param {Language} lang @returns {string} */
function stateWords({ answerable, results }, lang) {
  if (!results.length) return text(lang, 'policy.search.empty');
  return answerable ? text(lang, 'policy.search.found', { count: results.length }) : text(lang, 'policy.search.none');
}
