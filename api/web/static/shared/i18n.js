/**
 * Wording in the reader's language. Strings live in strings.zh.js and strings.en.js with the same keys.
 *
 * @typedef {import('./types.js').Language} Language
 * @typedef {import('./types.js').Bilingual} Bilingual
 */
import en from '../strings.en.js';
import zh from '../strings.zh.js';

/** @type {Record<Language, Record<string, string>>} */
const TABLES = { zh, en };

/** @type {Record<Language, string>} */
export const LANGUAGE_TAGS = { zh: 'zh-CN', en: 'en' };

/**
 * @param {Language} lang
 * @param {string} key
 * @param {Record<string, string | number>} [values] fill `{name}` marks
 * @returns {string} the key itself when there is no such string
 */
export function text(lang, key, values = {}) {
  const pattern = TABLES[lang][key] ?? key;
  return pattern.replace(/\{(\w+)\}/g, (mark, name) => String(values[name] ?? mark));
}

/**
 * @param {Language} lang
 * @param {string} family key prefix of a list the server may grow (status, type, event)
 * @param {string} name
 * @returns {string} the string, or the name made readable
 */
export function nameOf(lang, family, name) {
  return TABLES[lang][`${family}.${name}`] ?? name.replaceAll('_', ' ');
}

/** @param {Language} lang @returns {Language} */
export function otherLanguage(lang) {
  return lang === 'zh' ? 'en' : 'zh';
}

/**
 * @param {Bilingual | string | null | undefined} value
 * @param {Language} lang
 * @returns {string} that language, else the other, else ""
 */
export function pick(value, lang) {
  if (!value) return '';
  if (typeof value === 'string') return value;
  return value[lang] || value[otherLanguage(lang)] || '';
}

/**
 * The language `pick` really chose; for `lang` attributes.
 * @param {Bilingual | string | null | undefined} value
 * @param {Language} lang
 * @returns {Language}
 */
export function pickedLanguage(value, lang) {
  if (!value || typeof value === 'string' || value[lang]) return lang;
  return otherLanguage(lang);
}

/**
 * Fills elements marked `data-t` (text), `data-t-label` (aria-label) and `data-t-placeholder`.
 * @param {ParentNode} root
 * @param {Language} lang
 */
export function applyStrings(root, lang) {
  for (const element of root.querySelectorAll('[data-t]')) {
    element.textContent = text(lang, element.getAttribute('data-t') ?? '');
  }
  for (const [mark, attribute] of [['data-t-label', 'aria-label'], ['data-t-placeholder', 'placeholder']]) {
    for (const element of root.querySelectorAll(`[${mark}]`)) {
      element.setAttribute(attribute, text(lang, element.getAttribute(mark) ?? ''));
    }
  }
}
