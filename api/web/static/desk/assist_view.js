/**
 * Finding the clause while a customer waits: paste the words, see how sure the system is, copy a cited reply.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').SearchAnswer & {outcome?: string, suggested_reply: import('../shared/types.js').Bilingual,
 *   lesson: import('./desk_api.js').AppliedLesson | null}} AssistAnswer
 */
import { el } from '../shared/dom.js';
import { failureWords } from '../shared/failure.js';
import { text } from '../shared/i18n.js';
import { assistResult, suggestedReply } from './assist_result.js';
import { lessonNote, noneButton, otherAnswers, teachButton } from './teaching.js';

export class AssistView {
  /** @type {AssistAnswer | null} */
  #answer = null;
  /** The words that were searched; the field may have others by now. */
  #query = '';
  /** @type {Language} */
  #lang = 'zh';

  /** @param {import('./desk_api.js').DeskApi} api */
  constructor(api) {
    this.api = api;
    this.area = /** @type {HTMLTextAreaElement} */ (el('textarea', {
      id: 'assist-query', name: 'query', rows: 3, maxlength: 2000, required: true, 'aria-describedby': 'assist-hint',
    }));
    this.words = el('div');
    this.changed = el('p', { role: 'status', class: 'hint', tabindex: '-1', 'data-part': 'taught' });
    this.button = el('button', { type: 'submit', class: 'button button-primary' });
    this.state = el('div', { role: 'status', class: 'assist-state' });
    this.results = el('div', { class: 'assist-results' });
    this.form = /** @type {HTMLFormElement} */ (el('form', { class: 'assist-form' }, this.words, this.area, this.button));
    this.root = el('div', { class: 'assist' }, this.form, this.state, this.changed, this.results);
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
    this.changed.replaceChildren();
    await this.#ask(query);
  }

  /** @param {string} query */
  async #ask(query) {
    try {
      const answer = await this.api.search(query, this.#lang);
      this.#query = query;
      this.#draw(answer);
    } catch (error) {
      this.#answer = null;
      this.results.replaceChildren();
      this.state.replaceChildren(el('p', { class: 'form-error' }, failureWords(error, this.#lang)));
    }
  }

  /**
   * Changes what the desk has confirmed, and shows what is answered now.
   * @param {() => Promise<unknown>} change @param {string} said
   */
  async #change(change, said) {
    try {
      await change();
      await this.#ask(this.#query);
      this.changed.textContent = said;
    } catch (error) {
      this.changed.textContent = failureWords(error, this.#lang);
    }
    // What was pressed is gone, and with it the focus.
    this.changed.focus();
  }

  /** @param {AssistAnswer} answer */
  #draw(answer) {
    this.#answer = answer;
    const lang = this.#lang;
    const version = answer.policy.version;
    const { lesson } = answer;
    const teach = (/** @type {string[]} */ clauseIds) => void this.#change(() => this.api.teach(this.#query, clauseIds), text(lang, 'lesson.done'));
    const withdraw = () => void this.#change(() => this.api.withdrawLesson(lesson?.id ?? ''), text(lang, 'lesson.undone'));
    this.state.replaceChildren(verdict(answer, lang, [noneButton(lesson, lang, teach), lessonNote(lesson, lang, withdraw)]));
    const reply = answer.answerable && suggestedReply(answer.suggested_reply, lang);
    const items = answer.results.map((result) => el('li', {}, assistResult(result, version, lang, teachButton(result.clause_id, lesson, lang, teach))));
    this.results.replaceChildren(
      ...(reply ? [reply] : []),
      items.length ? el('ol', { class: 'assist-list' }, ...items) : el('p', {}, text(lang, 'assist.nothing')),
      otherAnswers(this.api.clauseNames(), lesson, lang, teach),
    );
  }
}

/** @param {AssistAnswer} answer @param {Language} lang @param {(HTMLElement | null)[]} controls @returns {HTMLElement} */
function verdict(answer, lang, controls) {
  const outcome = answer.answerable ? 'answerable' : answer.outcome === 'ask_back' ? 'ask_back' : 'not_in_policy';
  const percent = Math.round(answer.confidence * 100);
  return el(
    'div', { class: `verdict verdict-${outcome}`, 'data-outcome': outcome, 'data-answerable': String(answer.answerable) },
    el('strong', {}, text(lang, `assist.${outcome}`)),
    el('span', {}, text(lang, 'assist.confidence', { percent })),
    el('meter', { min: 0, max: 1, value: answer.confidence, 'aria-label': text(lang, 'assist.confidence.label') }),
    outcome === 'not_in_policy' && el('p', {}, text(lang, 'assist.not_in_policy.hint')),
    ...controls,
  );
}
