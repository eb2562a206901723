/**
 * The frame: launcher button, dialog, and where the focus goes.
 *
 * @typedef {import('../shared/types.js').Language} Language
 */
import { el } from '../shared/dom.js';
import { applyStrings, LANGUAGE_TAGS, text } from '../shared/i18n.js';

const FULL_SCREEN = '(max-width: 30rem)';

/**
 * @typedef {object} PanelParts
 * @property {HTMLElement} banner
 * @property {HTMLElement} transcript
 * @property {HTMLElement} composer
 *
 * @typedef {object} PanelActions
 * @property {() => void} opened
 * @property {() => void} closed
 * @property {() => void} switchLanguage
 * @property {() => void} restart
 * @property {() => void} focusInput
 */
export class Panel {
  #unread = 0;
  /** @type {Language} */
  #lang = 'zh';

  /** @param {PanelParts} parts @param {PanelActions} actions */
  constructor(parts, actions) {
    this.actions = actions;
    this.badge = el('span', { class: 'badge', hidden: true });
    this.launcher = el(
      'button',
      { type: 'button', class: 'launcher', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', 'data-action': 'open-chat', onclick: () => this.open() },
      el('span', { class: 'launcher-mark', 'aria-hidden': 'true' }, '§'), el('span', { 'data-t': 'chat.launcher' }), this.badge,
    );
    this.dialog = el(
      'section', { class: 'panel', role: 'dialog', 'aria-labelledby': 'panel-title', hidden: true },
      this.#header(), parts.banner, parts.transcript, parts.composer,
    );
    this.dialog.addEventListener('keydown', (event) => this.#onKey(event));
    this.root = el('div', { class: 'widget' }, this.launcher, this.dialog);
  }

  get isOpen() {
    return !this.dialog.hidden;
  }

  /** @param {boolean} [takeFocus] false when the page, not the reader, opens it */
  open(takeFocus = true) {
    this.dialog.hidden = false;
    this.dialog.setAttribute('aria-modal', String(window.matchMedia(FULL_SCREEN).matches));
    this.launcher.hidden = true;
    this.launcher.setAttribute('aria-expanded', 'true');
    this.#setUnread(0);
    if (takeFocus) this.actions.focusInput();
    this.actions.opened();
  }

  close() {
    this.dialog.hidden = true;
    this.launcher.hidden = false;
    this.launcher.setAttribute('aria-expanded', 'false');
    this.launcher.focus();
    this.actions.closed();
  }

  /** A message came; counted while the panel is closed. */
  noteMessage() {
    if (!this.isOpen) this.#setUnread(this.#unread + 1);
  }

  /** @param {Language} lang */
  setLanguage(lang) {
    this.#lang = lang;
    this.root.setAttribute('lang', LANGUAGE_TAGS[lang]);
    applyStrings(this.root, lang);
    this.#setUnread(this.#unread);
  }

  #header() {
    const button = (/** @type {string} */ action, /** @type {string} */ key, /** @type {() => void} */ onclick) => el(
      'button', { type: 'button', class: 'header-button', 'data-action': action, 'data-t': key, onclick },
    );
    return el(
      'header', { class: 'panel-header' },
      el('h2', { id: 'panel-title', 'data-t': 'chat.title' }),
      button('switch-language', 'language.other', this.actions.switchLanguage),
      button('new-conversation', 'chat.new', this.actions.restart),
      button('close-chat', 'chat.close', () => this.close()),
    );
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key === 'Escape' && !event.isComposing) {
      event.stopPropagation();
      this.close();
    }
    if (event.key === 'Tab' && window.matchMedia(FULL_SCREEN).matches) this.#keepFocusInside(event);
  }

  /** On a small screen the panel covers the page, so the focus must not wander behind it. @param {KeyboardEvent} event */
  #keepFocusInside(event) {
    const stops = Array.from(this.dialog.querySelectorAll('a[href], button:not([disabled]), textarea, [tabindex="0"]'))
      .filter((stop) => stop.checkVisibility());
    const inside = /** @type {ShadowRoot} */ (this.dialog.getRootNode()).activeElement;
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (inside !== edge) return;
    event.preventDefault();
    /** @type {HTMLElement} */ (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
  }

  /** @param {number} count */
  #setUnread(count) {
    this.#unread = count;
    this.badge.hidden = count === 0;
    this.badge.textContent = count ? text(this.#lang, 'chat.unread', { count }) : '';
  }
}
