/**
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').TrackedRequest} TrackedRequest
 * @typedef {import('../shared/types.js').Clause} Clause
 */
import { el } from '../shared/dom.js';
import { text } from '../shared/i18n.js';
import { promiseSlips } from '../shared/promise_slips.js';
import { isOpen, ticketCard } from '../shared/ticket_card.js';
import { timeline } from '../shared/timeline.js';

/**
 * @param {TrackedRequest} request
 * @param {Language} lang
 * @param {(clauseId: string, version?: string) => Promise<Clause>} loadClause
 * @param {() => Promise<void>} cancel
 * @returns {HTMLElement}
 */
export function statusView(request, lang, loadClause, cancel) {
  const clauses = el('div', { class: 'clauses-quoted' });
  void promiseSlips(request.clause_id, request.clock?.clause_id, lang, loadClause).then((slips) => clauses.replaceChildren(...slips));
  return el(
    'div', { class: 'request-status' },
    ticketCard(request, lang, { heading: 'h2' }),
    request.paused && el('p', { class: 'notice' }, text(lang, 'request.paused')),
    el('h2', {}, text(lang, 'request.clause')), clauses,
    el('h2', {}, text(lang, 'request.history')), timeline(request.events, lang),
    isOpen(request.status) && cancelControl(lang, cancel),
  );
}

/** @param {Language} lang @param {() => Promise<void>} cancel @returns {HTMLElement} */
function cancelControl(lang, cancel) {
  const button = (/** @type {string} */ kind, /** @type {string} */ key, /** @type {string} */ action, /** @type {() => void} */ onclick) => el(
    'button', { type: 'button', class: `button ${kind}`, 'data-action': action, onclick }, text(lang, key),
  );
  const dialog = /** @type {HTMLDialogElement} */ (el(
    'dialog', { class: 'sure', 'aria-labelledby': 'sure-words' },
    el('p', { id: 'sure-words' }, text(lang, 'request.cancel.sure')),
    el(
      'div', { class: 'ticket-actions' },
      button('', 'request.cancel.no', 'keep-request', () => dialog.close()),
      button('button-danger', 'request.cancel.yes', 'confirm-cancel', () => {
        dialog.close();
        void cancel();
      }),
    ),
  ));
  return el('div', { class: 'cancel' }, button('button-danger', 'request.cancel', 'cancel-request', () => dialog.showModal()), dialog);
}
