/**
 * @typedef {import('./types.js').Language} Language
 * @typedef {import('./types.js').Bilingual} Bilingual
 */
import { pick, text } from './i18n.js';

/**
 * A citation as one line of text, ready to paste.
 * @param {{label: Bilingual | string, text: Bilingual | string, url: string}} clause
 * @param {string} version
 * @param {Language} lang
 * @returns {string}
 */
export function citationText(clause, version, lang) {
  const url = new URL(clause.url, window.location.href);
  return text(lang, 'citation.line', {
    quote: pick(clause.text, lang),
    label: pick(clause.label, lang),
    version,
    url: url.href,
  });
}
