/**
 * @typedef {import('../shared/types.js').Language} Language
 */
import { copyButton } from '../shared/copy_button.js';
import { el } from '../shared/dom.js';
import { text } from '../shared/i18n.js';
import { ticketCard } from '../shared/ticket_card.js';

/**
 * After filing: the ticket and the one link that opens it.
 * @param {{request: import('../shared/types.js').TicketCard, url: string}} filed
 * @param {Language} lang
 * @param {() => void} again start another request
 * @returns {HTMLElement}
 */
export function filedView({ request, url }, lang, again) {
  const link = new URL(url, window.location.href).href;
  return el(
    'div', { class: 'filed', 'data-part': 'filed' },
    el('h2', { tabindex: '-1' }, text(lang, 'done.title')),
    ticketCard(request, lang),
    el(
      'div', { class: 'notice keep' },
      el('p', {}, text(lang, 'done.keep')),
      el('label', { for: 'status-link' }, text(lang, 'done.link')),
      el('input', { type: 'text', id: 'status-link', value: link, readonly: true }),
      el(
        'div', { class: 'ticket-actions' },
        el('a', { class: 'button button-primary', href: link, 'data-action': 'open-status' }, text(lang, 'done.open')),
        copyButton(lang, 'done.copy', () => link, { 'data-action': 'copy-link' }),
      ),
    ),
    el('button', { type: 'button', class: 'text-button', onclick: again }, text(lang, 'done.another')),
  );
}
