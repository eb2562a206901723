/**
 * The request form: shows what the chosen type promises, checks what can be checked here, files the request once.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').RequestType} RequestType
 * @typedef {object} FormSetup
 * @property {string} api
 * @property {RequestType[]} types
 * @property {Language} lang
 * @property {(clauseId: string, version?: string) => Promise<import('../shared/types.js').Clause>} loadClause
 * @property {Record<string, string>} filled what was filled in before the language was switched
 * @property {(answer: any) => void} done
 */
import { el } from '../shared/dom.js';
import { failureWords } from '../shared/failure.js';
import { ApiError, call } from '../shared/http.js';
import { nameOf, text } from '../shared/i18n.js';
import { promiseWords } from '../shared/promise.js';
import { promiseSlips } from '../shared/promise_slips.js';
import { checkField, contactField, groundField, scopeField, typeField } from './fields.js';
import { faults, requestBody } from './request_body.js';
import { SubmissionKey } from './submission_key.js';
import { clearErrors, showErrors } from './field_errors.js';

const key = new SubmissionKey();

export class RequestForm {
  /** @param {FormSetup} setup */
  constructor(setup) {
    this.setup = setup;
    const { types, lang } = setup;
    this.summary = el('div', { class: 'form-error', role: 'alert', hidden: true });
    this.promise = el('div', { class: 'promise', 'data-part': 'promise', 'aria-live': 'polite' });
    this.ground = el('div');
    this.confirm = el('div');
    this.button = el('button', { type: 'submit', class: 'button button-primary', 'data-action': 'file-request' }, text(lang, 'form.send'));
    this.root = /** @type {HTMLFormElement} */ (el(
      'form', { class: 'request-form', novalidate: true },
      this.summary, typeField(types, lang), this.promise, this.ground, contactField(lang), scopeField(lang),
      checkField('guardian_for_child', text(lang, 'form.guardian')), this.confirm, this.button,
    ));
    this.root.addEventListener('submit', (event) => this.#onSubmit(event));
    this.root.addEventListener('change', (event) => /** @type {any} */ (event.target).name === 'type' && this.#showType());
    this.#fill(setup.filled);
  }

  /** @returns {Record<string, string>} by field name */
  values() {
    return /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(this.root)));
  }

  /** @param {Record<string, string>} filled */
  #fill(filled) {
    this.#set('type', filled.type ?? '');
    this.#showType();
    for (const [name, value] of Object.entries(filled)) this.#set(name, value);
  }

  /** @param {string} name @param {string} value */
  #set(name, value) {
    for (const input of this.root.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      const field = /** @type {HTMLInputElement} */ (input);
      if (field.type === 'radio') field.checked = field.value === value;
      else if (field.type === 'checkbox') field.checked = value === 'on';
      else field.value = value;
    }
  }

  /** @returns {RequestType | undefined} the type chosen */
  get #type() {
    return this.setup.types.find((entry) => entry.type === this.values().type);
  }

  #showType() {
    const { lang } = this.setup;
    const type = this.#type;
    this.promise.replaceChildren();
    this.ground.replaceChildren(...(type?.grounds.length ? [groundField(type, lang)] : []));
    this.confirm.replaceChildren(...(type?.needs_confirmation ? [checkField('confirm', confirmWords(type.type, lang))] : []));
    if (type) void this.#quote(type);
  }

  /** @param {RequestType} type */
  async #quote(type) {
    const { lang, loadClause } = this.setup;
    const words = el('p', {}, promiseWords(type, lang));
    const slips = await promiseSlips(type.clause_id, type.clock_clause_id, lang, loadClause);
    if (this.#type === type) this.promise.replaceChildren(words, ...slips);
  }

  /** @param {Event} event */
  async #onSubmit(event) {
    event.preventDefault();
    const { api, lang, done } = this.setup;
    const body = requestBody(this.values(), lang);
    const found = faults(body, this.#type?.needs_confirmation ?? false, lang);
    clearErrors(this.root, this.summary);
    if (found.length) return showErrors(this.root, this.summary, found, lang);
    this.#setBusy(true);
    try {
      const headers = { 'Idempotency-Key': key.for(body) };
      const answer = await call(`${api}/dsr/requests`, { method: 'POST', body, headers });
      key.forget();
      done(answer);
    } catch (error) {
      this.#showFailure(error);
    } finally {
      this.#setBusy(false);
    }
  }

  /** @param {unknown} error */
  #showFailure(error) {
    const { lang } = this.setup;
    if (error instanceof ApiError && error.fields.length) return showErrors(this.root, this.summary, error.fields, lang);
    const unanswered = error instanceof ApiError && error.status === 0;
    this.summary.textContent = unanswered ? text(lang, 'form.retry_safe') : failureWords(error, lang);
    this.summary.hidden = false;
  }

  /** @param {boolean} isBusy */
  #setBusy(isBusy) {
    this.button.toggleAttribute('disabled', isBusy);
    this.button.textContent = text(this.setup.lang, isBusy ? 'form.sending' : 'form.send');
  }
}

/** @param {string} type @param {Language} lang @returns {string} */
function confirmWords(type, lang) {
  const known = type === 'deletion' || type === 'account_closure';
  return known ? text(lang, `form.confirm.${type}`) : text(lang, 'form.confirm', { type: nameOf(lang, 'type', type) });
}
