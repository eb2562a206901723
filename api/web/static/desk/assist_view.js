/**
 * Finding the clause while a customer waits: paste the words, see how sure the system is, copy a cited reply.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').SearchAnswer & {outcome?: string, suggested_reply: import('../shared/types.js').Bilingual}} AssistAnswer
 */
import { el } from '../shared/dom.js';
import { failureWords } from '../shared/failure.js';
import { text } from '../shared/i18n.js';
import { assistResult, suggestedReply } from './assist_result.js';

export class AssistView {
  /** @type {AssistAnswer | null} */
  #answer = null;
  /** @type {Language} */
  #lang = 'zh';

  /** @param {import('./desk_api.js').DeskApi} api */
  constructor(api) {
    this.api = api;
    this.area = /** @type {HTMLTextAreaElement} */ (el('textarea', {
      id: 'assist-query', name: 'query', rows: 3, maxlength: 2000, required: true, 'aria-describedby': 'assist-hint',
    }));
    this.words = el('div');
    this.button = el('button', { type: 'submit', class: 'button button-primary' });
    this.state = el('div', { role: 'status', class: 'assist-state' });
    this.results = el('div', { class: 'assist-results' });
    this.form = /** @type {HTMLFormElement} */ (el('form', { class: 'assist-form' }, this.words, this.area, this.button));
    this.root = el('div', { class: 'assist' }, this.form, this.state, this.results);
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#search();
    });
    this.area.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing) this.form.requestSubmit();
    });
  }

  /** @param {Language} lang */
  setLanguage(lang) {
    this.#lang = lang;
    this.words.replaceChildren(
      el('h1', {}, text(lang, 'assist.title')), el('p', { class: 'hint', id: 'assist-hint' }, text(lang, 'assist.hint')),
    );
    this.area.setAttribute('aria-label', text(lang, 'assist.words'));
    this.button.textContent = text(lang, 'assist.go');
    if (this.#answer) this.#draw(this.#answer);
  }

  async #search() {
    const query = this.area.value.trim();
    if (!query) return;
    try {
      this.#draw(await this.api.search(query, this.#lang));
    } catch (error) {
      this.#answer = null;
      this.results.replaceChildren();
      this.state.replaceChildren(el('p', { class: 'form-error' }, failureWords(error, this.#lang)));
    }
  }

  /** @param {AssistAnswer} answer */
  #draw(answer) {
    this.#answer = answer;
    const lang = this.#lang;
    const version = answer.policy.version;
    this.state.replaceChildren(verdict(answer, lang));
    const reply = answer.answerable && suggestedReply(answer.suggested_reply, lang);
    const items = answer.results.map((result) => el('li', {}, assistResult(result, version, lang)));
    this.results.replaceChildren(
      ...(reply ? [reply] : []),
      items.length ? el('ol', { class: 'assist-list' }, ...items) : el('p', {}, text(lang, 'assist.nothing')),
    );
  }
}

/** @param {AssistAnswer} answer @param {Language} lang @returns {HTMLElement} */
function verdict(answer, lang) {
  const outcome = answer.answerable ? 'answerable' : answer.outcome === 'ask_back' ? 'ask_back' : 'not_in_policy';
  const percent = Math.round(answer.confidence * 100);
  return el(
    'div', { class: `verdict verdict-${outcome}`, 'data-outcome': outcome, 'data-answerable': String(answer.answerable) },
    el('strong', {}, text(lang, `assist.${outcome}`)),
    el('span', {}, text(lang, 'assist.confidence', { percent })),
    el('meter', { min: 0, max: 1, value: answer.confidence, 'aria-label': text(lang, 'assist.confidence.label') }),
    outcome === 'not_in_policy' && el('p', {}, text(lang, 'assist.not_in_policy.hint')),
  );
}
