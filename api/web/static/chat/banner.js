/**
 * Says that the connection is gone, that nothing written is lost, and how else to reach the company.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('./conversation.js').Connection} Connection
 */
import { el } from '../shared/dom.js';
import { text } from '../shared/i18n.js';

export class Banner {
  /** @type {Connection} */
  #state = 'online';

  /**
   * @param {{requests: string, email: string | null, phone: string | null}} ways
   * @param {() => void} tryAgain
   */
  constructor(ways, tryAgain) {
    this.ways = ways;
    this.tryAgain = tryAgain;
    this.root = el('div', { class: 'banner', role: 'status', 'data-part': 'banner', 'data-state': 'online' });
  }

  /** @param {Connection} state @param {Language} lang */
  show(state, lang) {
    if (state === this.#state && this.root.lang === lang) return;
    this.#state = state;
    this.root.lang = lang;
    this.root.dataset.state = state;
    this.root.replaceChildren(...(state === 'online' ? [] : this.#content(state, lang)));
  }

  /** @param {Language} lang */
  setLanguage(lang) {
    this.show(this.#state, lang);
  }

  /** @param {Connection} state @param {Language} lang */
  #content(state, lang) {
    const { requests, email, phone } = this.ways;
    return [
      el('p', {}, text(lang, `banner.${state}`)),
      el(
        'p', { class: 'banner-ways' },
        email && el('a', { href: `mailto:${email}` }, email),
        phone && el('a', { href: `tel:${phone}` }, phone),
        el('a', { href: requests, target: '_blank', rel: 'noopener' }, text(lang, 'banner.requests')),
        el('button', { type: 'button', class: 'text-button', 'data-action': 'reconnect', onclick: this.tryAgain }, text(lang, 'banner.again')),
      ),
    ];
  }
}
