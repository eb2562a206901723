/**
 * @typedef {import('./types.js').Language} Language
 */
import { text } from './i18n.js';

/**
 * The unit of a request type's clock, to stand behind its number.
 * @param {{days: number | null, working_days: number | null}} promise
 * @param {Language} lang
 * @returns {string} "" when the policy names no deadline
 */
export function clockWords(promise, lang) {
  if (promise.working_days !== null) return text(lang, 'clock.working_days');
  return promise.days === null ? text(lang, 'clock.none') : text(lang, 'clock.days');
}

/**
 * @param {{days: number | null, working_days: number | null}} promise
 * @param {Language} lang
 * @returns {string} a whole sentence
 */
export function promiseWords(promise, lang) {
  if (promise.working_days !== null) return text(lang, 'promise.working_days', { days: promise.working_days });
  return promise.days === null ? text(lang, 'promise.none') : text(lang, 'promise.days', { days: promise.days });
}
