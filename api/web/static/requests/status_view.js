/**
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').TrackedRequest} TrackedRequest
 * @typedef {import('../shared/types.js').Clause} Clause
 */
import { clauseSlip } from '../shared/clause_slip.js';
import { el } from '../shared/dom.js';
import { pick, pickedLanguage, text } from '../shared/i18n.js';
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
  const clause = el('div');
  void quote();
  return el(
    'div', { class: 'request-status' },
    ticketCard(request, lang, { heading: 'h2' }),
    el('h2', {}, text(lang, 'request.clause')), clause,
    el('h2', {}, text(lang, 'request.history')), timeline(request.events, lang),
    isOpen(request.status) && cancelControl(lang, cancel),
  );

  async function quote() {
    try {
      const found = await loadClause(request.clause_id);
      clause.replaceChildren(clauseSlip(
        { clause_id: found.clause_id, label: found.label, quote: pick(found.text, lang), lang: pickedLanguage(found.text, lang),
          policy_version: found.version, url: found.url },
        lang, loadClause, { newTab: true },
      ));
    } catch {
      clause.replaceChildren(el('a', { href: `/policy#clause-${request.clause_id}` }, pick(request.label, lang)));
    }
  }
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
