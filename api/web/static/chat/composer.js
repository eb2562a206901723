/**
 * Where the reader writes. Enter sends, Shift+Enter breaks the line, and Enter that belongs to an input method does neither.
 *
 * @typedef {import('../shared/types.js').Language} Language
 */
import { el } from '../shared/dom.js';
import { text } from '../shared/i18n.js';

/** The server takes 1 to 2000 characters. */
export const MOST_CHARACTERS = 2000;
const COUNT_FROM = 1600;
/** Sent by browsers as the key code of keys an input method is handling; some end `isComposing` too early. */
const COMPOSING_KEY_CODE = 229;

export class Composer {
  /** @param {(words: string) => boolean} submit false when it cannot be taken now; the words then stay */
  constructor(submit) {
    this.submit = submit;
    this.area = /** @type {HTMLTextAreaElement} */ (el('textarea', {
      rows: 1, id: 'composer', autocomplete: 'off', 'aria-describedby': 'composer-count', 'data-t-label': 'chat.input', 'data-t-placeholder': 'chat.placeholder',
    }));
    this.button = el('button', { type: 'submit', class: 'button button-primary', 'data-action': 'send', 'data-t': 'chat.send' });
    this.count = el('p', { class: 'count', id: 'composer-count' });
    this.root = el('form', { class: 'composer' }, this.area, this.button, this.count);
    this.root.addEventListener('submit', (event) => this.#onSubmit(event));
    this.area.addEventListener('keydown', (event) => this.#onKey(event));
    this.area.addEventListener('input', () => this.#measure());
  }

  /** @param {Language} lang */
  setLanguage(lang) {
    this.lang = lang;
    this.#measure();
  }

  focus() {
    this.area.focus({ preventScroll: true });
  }

  /** @param {string} words put back because they could not be sent */
  restore(words) {
    if (!this.area.value) this.area.value = words;
    this.#measure();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== 'Enter' || event.shiftKey) return;
    if (event.isComposing || event.keyCode === COMPOSING_KEY_CODE) return;
    event.preventDefault();
    this.#send();
  }

  /** @param {Event} event */
  #onSubmit(event) {
    event.preventDefault();
    this.#send();
    this.focus();
  }

  #send() {
    const words = this.area.value.trim();
    if (!words || this.#length() > MOST_CHARACTERS || !this.submit(words)) return;
    this.area.value = '';
    this.#measure();
  }

  #measure() {
    const length = this.#length();
    const tooLong = length > MOST_CHARACTERS;
    const values = { length, most: MOST_CHARACTERS, over: length - MOST_CHARACTERS };
    const key = tooLong ? 'chat.too_long' : 'chat.count';
    this.count.textContent = length > COUNT_FROM ? text(this.lang ?? 'zh', key, values) : '';
    this.count.classList.toggle('is-over', tooLong);
    this.area.setAttribute('aria-invalid', String(tooLong));
    this.button.toggleAttribute('disabled', tooLong);
  }

  #length() {
    return Array.from(this.area.value).length;
  }
}
