/**
 * @typedef {import('./types.js').Language} Language
 * @typedef {import('./types.js').RequestEvent} RequestEvent
 */
import { momentWords } from './dates.js';
import { el } from './dom.js';
import { nameOf } from './i18n.js';

/** @param {RequestEvent[]} events oldest first @param {Language} lang @returns {HTMLElement} */
export function timeline(events, lang) {
  return el('ol', { class: 'timeline' }, ...events.map(({ kind, at, actor_kind: by, actor }) => el(
    'li', { 'data-event': kind },
    el('span', {}, nameOf(lang, 'event', kind)), el('time', { datetime: at }, momentWords(at, lang)),
    by && el('span', { class: 'hint' }, actor ?? nameOf(lang, 'actor', by)),
  )));
}
