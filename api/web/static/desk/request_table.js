/**
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').DeskRequest} DeskRequest
 */
import { dateWords } from '../shared/dates.js';
import { leftWords } from '../shared/deadline_ruler.js';
import { el } from '../shared/dom.js';
import { nameOf, text } from '../shared/i18n.js';
import { isOpen, statusPill } from '../shared/ticket_card.js';

const COLUMNS = ['list.reference', 'list.type', 'list.status', 'list.due', 'list.left', 'list.contact', 'list.lang'];

/** @param {DeskRequest[]} rows @param {Language} lang @param {string | null} current @returns {HTMLElement} */
export function requestTable(rows, lang, current) {
  const heads = COLUMNS.map((key) => el('th', { scope: 'col' }, text(lang, key)));
  return el(
    'table', { class: 'requests' },
    el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...rows.map((row) => line(row, lang, row.reference === current))),
  );
}

/** @param {DeskRequest} row @param {Language} lang @param {boolean} isCurrent */
function line(row, lang, isCurrent) {
  const open = el(
    'a', { href: `#requests/${row.reference}`, 'aria-label': text(lang, 'list.open', { reference: row.reference }), 'aria-current': isCurrent && 'true' },
    row.reference,
  );
  const left = isOpen(row.status) && row.days_left !== null ? leftWords(row.days_left, lang) : '—';
  return el(
    'tr', { 'data-reference': row.reference, 'data-type': row.type, 'data-overdue': String(row.overdue), class: row.overdue ? 'is-overdue' : '' },
    el('td', { class: 'reference' }, open),
    cell('list.type', lang, nameOf(lang, 'type', row.type)),
    cell('list.status', lang, statusPill(row.status, lang), row.paused && el('span', { class: 'hint' }, ` ${text(lang, 'list.paused')}`)),
    cell('list.due', lang, row.due_at ? dateWords(row.due_at, lang) : text(lang, 'ticket.no_due')),
    cell('list.left', lang, row.overdue ? el('strong', { class: 'late' }, left) : left),
    cell('list.contact', lang, row.contact_masked ?? ''),
    cell('list.lang', lang, text(lang, `language.${row.lang}`)),
  );
}

/** On a narrow screen the row becomes a card and each value carries its column's name. */
function cell(/** @type {string} */ key, /** @type {Language} */ lang, /** @type {(string | HTMLElement | false | undefined)[]} */ ...values) {
  return el('td', {}, el('span', { class: 'cell-name', 'aria-hidden': 'true' }, text(lang, key)), ...values);
}
