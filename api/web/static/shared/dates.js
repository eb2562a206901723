/**
 * Dates as the clauses count them: calendar days in China's time zone.
 *
 * @typedef {import('./types.js').Language} Language
 */
import { LANGUAGE_TAGS } from './i18n.js';

const ZONE = 'Asia/Shanghai';

/** @param {string} instant ISO 8601 @param {Language} lang @returns {string} e.g. 2026年3月5日 / 5 March 2026 */
export function dateWords(instant, lang) {
  const tag = lang === 'en' ? 'en-GB' : LANGUAGE_TAGS.zh;
  return new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: ZONE }).format(new Date(instant));
}

/** @param {string} instant ISO 8601 @param {Language} lang @returns {string} date and time of day */
export function momentWords(instant, lang) {
  const tag = lang === 'en' ? 'en-GB' : LANGUAGE_TAGS.zh;
  const style = { dateStyle: 'medium', timeStyle: 'short', timeZone: ZONE };
  return new Intl.DateTimeFormat(tag, /** @type {any} */ (style)).format(new Date(instant));
}

/** @param {string} instant ISO 8601 @param {Language} lang @returns {string} time of day where the reader is */
export function timeWords(instant, lang) {
  return new Intl.DateTimeFormat(LANGUAGE_TAGS[lang], { hour: '2-digit', minute: '2-digit' }).format(new Date(instant));
}

/**
 * @param {string | Date} from
 * @param {string | Date} to
 * @returns {number} calendar days between the two, as dates in China
 */
export function daysBetween(from, to) {
  return dayNumber(to) - dayNumber(from);
}

/** @param {string | Date} instant @returns {number} */
function dayNumber(instant) {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }).format(new Date(instant));
  return Math.round(Date.parse(`${parts}T00:00:00Z`) / 86_400_000);
}
