/**
 * @typedef {import('./types.js').Language} Language
 * @typedef {import('./types.js').TicketCard} TicketCard
 */
import { dateWords } from './dates.js';
import { deadlineRuler } from './deadline_ruler.js';
import { el } from './dom.js';
import { nameOf, pick, text } from './i18n.js';

const OPEN = new Set(['received', 'identity_pending', 'in_progress', 'waiting_on_subject']);

/** @param {string} status @returns {boolean} */
export function isOpen(status) {
  return OPEN.has(status);
}

/**
 * @param {TicketCard} card
 * @param {Language} lang
 * @param {{base?: string | URL, actions?: HTMLElement[], heading?: string}} [options] heading: element name of the type's title
 * @returns {HTMLElement}
 */
export function ticketCard(card, lang, { base = window.location.href, actions = [], heading = 'h3' } = {}) {
  const type = nameOf(lang, 'type', card.type);
  return el(
    'section',
    {
      class: 'ticket', 'aria-label': `${type} ${card.reference}`,
      'data-reference': card.reference, 'data-type': card.type, 'data-status': card.status,
    },
    el('div', { class: 'ticket-top' }, el(heading, { class: 'ticket-type' }, type), statusPill(card.status, lang)),
    el('p', { class: 'ticket-reference' }, card.reference),
    facts(card, lang, base),
    isOpen(card.status) && card.due_at ? deadlineRuler(card.received_at, card.due_at, new Date(), lang) : null,
    actions.length > 0 && el('div', { class: 'ticket-actions' }, ...actions),
  );
}

/** @param {string} status @param {Language} lang @param {boolean} [late] @returns {HTMLElement} */
export function statusPill(status, lang, late = false) {
  const kind = late ? ' status-late' : isOpen(status) ? ' status-open' : '';
  return el('span', { class: `status${kind}`, 'data-status': status }, nameOf(lang, 'status', status));
}

/** @param {TicketCard} card @param {Language} lang @param {string | URL} base @returns {HTMLElement} */
function facts(card, lang, base) {
  const clause = el(
    'a', { href: new URL(`/policy#clause-${card.clause_id}`, base).href, target: '_blank', rel: 'noopener', 'data-clause-id': card.clause_id },
    pick(card.label, lang),
  );
  const due = card.due_at ? dateWords(card.due_at, lang) : text(lang, 'ticket.no_due');
  return el(
    'dl', { class: 'facts' },
    el('dt', {}, text(lang, 'ticket.due')),
    el('dd', { 'data-part': 'due' }, due, card.provisional && el('span', { class: 'hint' }, ` ${text(lang, 'ticket.provisional')}`)),
    el('dt', {}, text(lang, 'ticket.clause')), el('dd', {}, clause),
    el('dt', {}, text(lang, 'ticket.received')), el('dd', {}, dateWords(card.received_at, lang)),
    ...(card.guardian_for_child ? [el('dt', {}, text(lang, 'ticket.guardian')), el('dd', { 'data-part': 'guardian' }, text(lang, 'ticket.guardian.yes'))] : []),
    ...(card.scope ? [el('dt', {}, text(lang, 'ticket.scope')), el('dd', {}, card.scope)] : []),
  );
}
