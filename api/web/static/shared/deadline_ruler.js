/**
 * The deadline as a row of days, one tick each: past days pale, the due day in the seal's red.
 *
 * @typedef {import('./types.js').Language} Language
 */
import { daysBetween } from './dates.js';
import { el, svg } from './dom.js';
import { text } from './i18n.js';

const MOST_TICKS = 45;

/**
 * @param {string} receivedAt ISO 8601
 * @param {string} dueAt ISO 8601
 * @param {Date} now
 * @param {Language} lang
 * @returns {HTMLElement}
 */
export function deadlineRuler(receivedAt, dueAt, now, lang) {
  const total = Math.max(1, daysBetween(receivedAt, dueAt));
  const passed = daysBetween(receivedAt, now);
  const left = total - passed;
  const ticks = Math.min(total, MOST_TICKS);
  const bars = Array.from({ length: ticks }, (_, index) => {
    const isDue = index === ticks - 1;
    const isPast = index < Math.floor((passed / total) * ticks);
    const height = isDue ? 18 : 10;
    return svg('rect', { x: index * 10, y: 18 - height, width: 7, height, class: isDue ? 'is-due' : isPast ? 'is-past' : '' });
  });
  const drawing = svg(
    'svg', { class: 'ruler', viewBox: `0 0 ${ticks * 10 - 3} 18`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, ...bars,
  );
  return el('div', {}, drawing, el('p', { class: 'ruler-words', 'data-days-left': left }, leftWords(left, lang)));
}

/** @param {number} left days until the due date, negative when past @param {Language} lang @returns {string} */
export function leftWords(left, lang) {
  if (left < 0) return text(lang, 'due.overdue', { days: -left });
  if (left === 0) return text(lang, 'due.today');
  return text(lang, left === 1 ? 'due.one' : 'due.many', { days: left });
}
