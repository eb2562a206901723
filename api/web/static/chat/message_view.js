/**
 * One message as a node. The wording is the server's; the widget adds labels only.
 *
 * @typedef {import('../shared/types.js').ChatMessage} ChatMessage
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {object} MessageContext
 * @property {Language} lang
 * @property {string} base what relative links start from
 * @property {(clauseId: string, version?: string) => Promise<import('../shared/types.js').Clause>} loadClause
 * @property {(payload: string, title: string) => void} press a reply button was pressed
 * @property {(reference: string) => Promise<string>} accessUrl
 */
import { clauseSlip } from '../shared/clause_slip.js';
import { timeWords } from '../shared/dates.js';
import { el, paragraphs } from '../shared/dom.js';
import { text } from '../shared/i18n.js';
import { ticketCard } from '../shared/ticket_card.js';

/** A payload that begins with this is a page to open, not something to say. */
const REQUEST_PAGE = '/requests';

/** @param {ChatMessage} message @param {MessageContext} context @returns {HTMLElement} */
export function messageView(message, context) {
  const { lang } = context;
  const role = message.role ?? 'bot';
  return el(
    'article', { class: `message message-${role}`, 'data-role': role, 'data-type': message.type, 'data-message-id': message.id },
    el('p', { class: 'speaker' }, text(lang, `speaker.${role}`), el('time', { datetime: message.created_at }, timeWords(message.created_at, lang))),
    message.text && el('div', { class: 'bubble' }, ...paragraphs(message.text)),
    ...(message.citations ?? []).map((citation) => clauseSlip(citation, lang, context.loadClause, { base: context.base, newTab: true, brief: message.type !== 'answer' })),
    message.card && ticketCard(message.card, lang, { base: context.base, actions: [statusButton(message.card.reference, context)] }),
    message.buttons?.length > 0 && replyButtons(message, context),
  );
}

/** @param {import('./outbox.js').Outgoing} entry @param {Language} lang @returns {HTMLElement} */
export function outgoingView(entry, lang) {
  return el(
    'article', { class: 'message message-user', 'data-role': 'user', 'data-type': 'text', 'data-client-message-id': entry.id },
    el('p', { class: 'speaker' }, text(lang, 'speaker.user')),
    el('div', { class: 'bubble' }, ...paragraphs(entry.title)),
  );
}

/** @param {ChatMessage} message @param {MessageContext} context @returns {HTMLElement} */
function replyButtons(message, context) {
  const buttons = message.buttons.map(({ title, payload }) => (payload.startsWith(REQUEST_PAGE)
    ? el('a', { class: 'reply-button', 'data-payload': payload, href: new URL(payload, context.base).href, target: '_blank', rel: 'noopener' }, title)
    : el('button', { type: 'button', class: 'reply-button', 'data-payload': payload, onclick: () => context.press(payload, title) }, title)));
  return el('div', { class: 'reply-buttons', role: 'group', 'aria-label': text(context.lang, 'chat.choices') }, ...buttons);
}

/** @param {string} reference @param {MessageContext} context @returns {HTMLElement} */
function statusButton(reference, { lang, base, accessUrl }) {
  const said = el('span', { role: 'status' });
  const button = el('button', { type: 'button', class: 'button', 'data-action': 'request-status', onclick: press }, text(lang, 'ticket.follow'));
  return el('span', {}, button, said);

  async function press() {
    // Opened before the answer is here: later, a browser would take it for an unasked pop-up.
    const page = window.open('', '_blank');
    if (page) page.opener = null;
    try {
      const url = new URL(await accessUrl(reference), base);
      (page ?? window).location.assign(url.href);
    } catch {
      page?.close();
      said.textContent = text(lang, 'ticket.no_access');
    }
  }
}
