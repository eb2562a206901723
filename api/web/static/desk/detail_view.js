/**
 * @typedef {import('../shared/types.js').Language} Language
 */
import { el } from '../shared/dom.js';
import { nameOf, text } from '../shared/i18n.js';
import { ticketCard } from '../shared/ticket_card.js';
import { timeline } from '../shared/timeline.js';

/** @param {any} request of GET /agent/requests/{reference} @param {Language} lang @returns {HTMLElement} */
export function detailView(request, lang) {
  const contact = contactWords(request, lang);
  return el(
    'section', { class: 'detail', 'aria-labelledby': 'detail-title', 'data-reference': request.reference },
    el(
      'div', { class: 'detail-head' },
      el('h2', { id: 'detail-title', tabindex: '-1' }, request.reference),
      el('a', { class: 'button', href: '#requests', 'data-action': 'close-detail' }, text(lang, 'detail.close')),
    ),
    ticketCard(request, lang),
    contact && el('dl', { class: 'facts' },
      el('dt', {}, text(lang, 'detail.contact')), el('dd', { 'data-part': 'contact' }, contact),
      el('dt', {}, text(lang, 'ticket.lang')), el('dd', {}, text(lang, `language.${request.lang}`)),
    ),
    contact && el('p', { class: 'hint' }, text(lang, 'detail.audited')),
    el('h3', {}, text(lang, 'request.history')), timeline(request.events ?? [], lang),
  );
}

/** @param {any} request @param {Language} lang @returns {string} */
function contactWords({ contact, contact_masked: masked }, lang) {
  if (!contact) return masked ?? '';
  if (typeof contact === 'string') return contact;
  return `${nameOf(lang, 'form', contact.kind)} ${contact.value}`;
}
