/**
 * The request queue with its filters, and one request beside it.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').DeskRequest} DeskRequest
 */
import { el } from '../shared/dom.js';
import { failureWords } from '../shared/failure.js';
import { nameOf, text } from '../shared/i18n.js';
import { detailView } from './detail_view.js';
import { requestTable } from './request_table.js';

/** The server also knows the two groups. */
const STATUSES = ['open', 'closed', 'received', 'identity_pending', 'in_progress', 'waiting_on_subject', 'fulfilled', 'partially_fulfilled', 'refused', 'cancelled', 'expired'];
const TYPES = ['copy', 'account_closure', 'deletion', 'consent_withdrawal', 'correction', 'complaint'];

export class ListView {
  #filter = { status: '', type: '' };
  /** @type {DeskRequest[]} */
  #rows = [];
  /** @type {string | null} */
  #next = null;
  /** @type {Language} */
  #lang = 'zh';
  /** @type {string | null} */
  #reference = null;

  /** @param {import('./desk_api.js').DeskApi} api */
  constructor(api) {
    this.api = api;
    this.head = el('div', { class: 'list-head' });
    this.state = el('p', { role: 'status', class: 'hint' });
    this.table = el('div', { class: 'list-table' });
    this.more = el('button', { type: 'button', class: 'button', hidden: true, 'data-action': 'more', onclick: () => void this.#load(this.#next) });
    this.detail = el('div', { class: 'list-detail', 'data-part': 'detail', hidden: true });
    this.root = el('div', { class: 'list' }, this.head, this.state, el('div', { class: 'list-body' }, el('div', {}, this.table, this.more), this.detail));
  }

  /** @param {Language} lang @param {string | null} reference the request to show beside the list */
  async show(lang, reference) {
    const isFirst = !this.head.childNodes.length;
    const before = this.#reference;
    this.#lang = lang;
    this.#reference = reference;
    this.head.replaceChildren(
      el('h1', {}, text(lang, 'list.title')),
      this.#choice('status', STATUSES, 'list.status'), this.#choice('type', TYPES, 'list.type'),
    );
    this.more.textContent = text(lang, 'list.more');
    if (isFirst) await this.#load(null);
    else this.#draw();
    await this.#showDetail();
    if (before && !reference) this.#focusRow(before);
  }

  /** @param {string | null} cursor null starts anew */
  async #load(cursor) {
    try {
      const { requests, next_cursor: next } = await this.api.requests({ ...this.#filter, cursor });
      this.#rows = cursor ? [...this.#rows, ...requests] : requests;
      this.#next = next ?? null;
      this.#draw();
    } catch (error) {
      this.state.textContent = failureWords(error, this.#lang);
    }
  }

  #draw() {
    const lang = this.#lang;
    this.state.textContent = this.#rows.length ? text(lang, 'list.count', { count: this.#rows.length }) : text(lang, 'list.empty');
    this.table.replaceChildren(...(this.#rows.length ? [requestTable(this.#rows, lang, this.#reference)] : []));
    this.more.hidden = this.#next === null;
  }

  async #showDetail() {
    this.detail.hidden = this.#reference === null;
    this.root.classList.toggle('has-detail', this.#reference !== null);
    if (this.#reference === null) return this.detail.replaceChildren();
    try {
      const request = await this.api.request(this.#reference);
      this.detail.replaceChildren(detailView(request, this.#lang));
    } catch (error) {
      const missing = /** @type {any} */ (error).status === 404;
      this.detail.replaceChildren(el('p', { class: 'form-error' }, missing ? text(this.#lang, 'detail.missing') : failureWords(error, this.#lang)));
    }
    this.detail.querySelector('h2')?.focus();
  }

  /** @param {string} reference */
  #focusRow(reference) {
    /** @type {HTMLElement | null} */ (this.table.querySelector(`tr[data-reference="${CSS.escape(reference)}"] a`))?.focus();
  }

  /** @param {'status' | 'type'} name @param {string[]} values @param {string} key */
  #choice(name, values, key) {
    const select = /** @type {HTMLSelectElement} */ (el(
      'select', { id: `filter-${name}`, name },
      el('option', { value: '' }, text(this.#lang, 'list.all')),
      ...values.map((value) => el('option', { value, selected: value === this.#filter[name] }, nameOf(this.#lang, name, value))),
    ));
    select.addEventListener('change', () => {
      this.#filter[name] = select.value;
      void this.#load(null);
    });
    return el('div', { class: 'filter' }, el('label', { for: select.id }, text(this.#lang, key)), select);
  }
}
