/**
 * @typedef {import('./types.js').Language} Language
 * @typedef {import('./types.js').Bilingual} Bilingual
 * @typedef {import('./types.js').ListItem} ListItem
 */
import { pick, text } from './i18n.js';
import { parted, wordsOf } from './quoted_list.js';

/**
 * A citation as text, ready to paste: one line, or as many as a list needs.
 * @param {import('./types.js').WithItems & {label: Bilingual | string, text: Bilingual | string, url: string}} clause
 * @param {string} version
 * @param {Language} lang
 * @returns {string}
 */
export function citationText(clause, version, lang) {
  const url = new URL(clause.url, window.location.href);
  return text(lang, 'citation.line', {
    quote: whole(pick(clause.text, lang), clause, lang),
    label: pick(clause.label, lang),
    version,
    url: url.href,
  });
}

/**
 * @param {string} words
 * @param {import('./types.js').WithItems} clause
 * @param {Language} lang
 * @returns {string} the items between the words that open the list and those that close it
 */
function whole(words, { closing_paragraphs: count = 0, items = [], items_left_out: leftOut = 0 }, lang) {
  if (!items.length) return words;
  const { opening, closing } = parted(words, count);
  const more = leftOut ? text(lang, 'slip.items.more', { count: leftOut }) : '';
  return [opening, ...items.map((item) => itemText(item, lang)), more, closing].filter((part) => part).join('\n');
}

/** @param {ListItem} item @param {Language} lang @returns {string} */
function itemText(item, lang) {
  const words = wordsOf(item, lang)?.words;
  return [pick(item.label, lang), pick(item.title, lang), words && whole(words, item, lang)].filter((part) => part).join(' ');
}
