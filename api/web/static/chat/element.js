/**
 * <clausedesk-chat>: puts the parts together.
 *
 *   api            base address of the product's API; default: /api/v1 of the server this script came from
 *   lang           zh | en, may change at any time
 *   contact-email  shown when the server cannot be reached
 *   contact-phone  likewise
 *
 * Methods: open(), close(), ask(text).
 *
 * @typedef {import('../shared/types.js').Language} Language
 */
import { clauseLoader } from '../shared/clauses.js';
import { el } from '../shared/dom.js';
import { otherLanguage } from '../shared/i18n.js';
import { lasting, thisTab } from '../shared/storage.js';
import { Banner } from './banner.js';
import { ChatClient } from './client.js';
import { Composer } from './composer.js';
import { Conversation } from './conversation.js';
import { Panel } from './panel.js';
import { Transcript } from './transcript.js';

const STYLES = ['../tokens.css', '../parts.css', '../widget.css'];
const TYPING_AFTER_MS = 250;

export class ChatElement extends HTMLElement {
  static observedAttributes = ['lang'];

  /** @type {Language} */
  #lang = 'zh';
  #wasOpen = thisTab('clausedesk.chat.open');
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typingTimer;
  /** Nothing is shown before its styles are there. @type {Promise<unknown>} */
  #styled = Promise.resolve();
  #onOnline = () => this.conversation?.retryAll();
  #onOffline = () => this.banner?.show('offline', this.#lang);

  connectedCallback() {
    if (this.conversation) return;
    const api = new URL(this.getAttribute('api') ?? new URL('../../api/v1', import.meta.url).href, window.location.href).href.replace(/\/$/, '');
    this.#assemble(api);
    this.#listen();
    this.#applyLanguage(this.getAttribute('lang') === 'en' ? 'en' : 'zh');
    window.addEventListener('online', this.#onOnline);
    window.addEventListener('offline', this.#onOffline);
    if (this.#mayReopen() && this.conversation?.hasStored) this.panel?.open(false);
  }

  /** An open conversation goes with its reader, but never over a page it would hide. @returns {boolean} */
  #mayReopen() {
    const wide = window.matchMedia('(min-width: 48rem)').matches;
    return wide && !this.hasAttribute('stays-closed') && this.#wasOpen.read();
  }

  disconnectedCallback() {
    this.conversation?.close();
    window.removeEventListener('online', this.#onOnline);
    window.removeEventListener('offline', this.#onOffline);
  }

  /** @param {string} _name @param {string | null} _old @param {string | null} value */
  attributeChangedCallback(_name, _old, value) {
    const lang = value?.startsWith('en') ? 'en' : 'zh';
    if (this.conversation && lang !== this.#lang) this.#switchTo(lang);
  }

  open() {
    this.panel?.open();
  }

  close() {
    this.panel?.close();
  }

  /** @param {string} words asked as if the reader had typed them */
  ask(words) {
    this.open();
    this.#submit(words);
  }

  /** @param {string} api */
  #assemble(api) {
    const loadClause = clauseLoader(api);
    const conversation = new Conversation(
      new ChatClient(api), lasting(`clausedesk.chat ${api}`), lasting(`clausedesk.unsent ${api}`), this.#lang,
    );
    this.conversation = conversation;
    this.transcript = new Transcript(
      () => ({
        lang: this.#lang, base: api, loadClause,
        press: (payload, title) => void conversation.send(payload, title),
        accessUrl: (reference) => conversation.accessUrl(reference),
      }),
      (entry) => void conversation.retry(entry),
    );
    this.composer = new Composer((words) => this.#submit(words));
    const ways = {
      requests: new URL('/requests', api).href,
      email: this.getAttribute('contact-email'),
      phone: this.getAttribute('contact-phone'),
    };
    this.banner = new Banner(ways, () => void conversation.retryAll());
    this.panel = new Panel(
      { banner: this.banner.root, transcript: this.transcript.root, composer: this.composer.root },
      {
        opened: () => this.#opened(),
        closed: () => this.#wasOpen.forget(),
        switchLanguage: () => this.#switchTo(otherLanguage(this.#lang)),
        restart: () => void conversation.restart(),
        focusInput: () => void this.#styled.then(() => this.composer?.focus()),
      },
    );
    const shadow = this.attachShadow({ mode: 'open' });
    const links = STYLES.map((path) => el('link', { rel: 'stylesheet', href: new URL(path, import.meta.url).href }));
    this.#styled = Promise.all(links.map(settled));
    this.panel.root.hidden = true;
    void this.#styled.then(() => this.panel?.root.removeAttribute('hidden'));
    shadow.append(...links, this.panel.root);
  }

  #listen() {
    /** @param {string} name @param {(detail: any) => void} handle */
    const on = (name, handle) => this.conversation?.addEventListener(name, (event) => handle(/** @type {CustomEvent} */ (event).detail));
    on('history', ({ messages }) => this.transcript?.restore(messages));
    on('message', ({ message }) => {
      this.transcript?.add(message);
      this.panel?.noteMessage();
    });
    on('outgoing', ({ entry, error }) => {
      this.transcript?.update(entry, error);
      this.#setTyping(entry.state === 'sending');
      if (entry.state === 'refused') this.composer?.restore(entry.title);
    });
    on('delivered', ({ entry, message }) => {
      this.#setTyping(false);
      this.transcript?.settle(entry, message);
    });
    on('connection', ({ state }) => this.banner?.show(state, this.#lang));
    on('renewed', () => this.transcript?.addNotice('chat.renewed'));
  }

  #opened() {
    this.#wasOpen.write(true);
    if (!navigator.onLine) this.#onOffline();
    void this.conversation?.open();
  }

  /** @param {string} words @returns {boolean} */
  #submit(words) {
    if (!this.conversation || this.conversation.isBusy) return false;
    void this.conversation.send(words);
    return true;
  }

  /** @param {boolean} isTyping */
  #setTyping(isTyping) {
    clearTimeout(this.#typingTimer);
    if (!isTyping) this.transcript?.setTyping(false);
    // Quick answers should not make the line flicker, nor a screen reader announce it.
    else this.#typingTimer = setTimeout(() => this.transcript?.setTyping(true), TYPING_AFTER_MS);
  }

  /** @param {Language} lang */
  #switchTo(lang) {
    this.#applyLanguage(lang);
    this.setAttribute('lang', lang);
    void this.conversation?.setLanguage(lang);
  }

  /** @param {Language} lang */
  #applyLanguage(lang) {
    this.#lang = lang;
    if (this.conversation) this.conversation.lang = lang;
    this.panel?.setLanguage(lang);
    this.composer?.setLanguage(lang);
    this.banner?.setLanguage(lang);
    this.transcript?.redraw();
  }
}

/** @param {HTMLElement} link @returns {Promise<void>} when the style sheet is loaded, or cannot be */
function settled(link) {
  return new Promise((resolve) => {
    link.addEventListener('load', () => resolve(), { once: true });
    link.addEventListener('error', () => resolve(), { once: true });
  });
}
