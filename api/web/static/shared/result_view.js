/**
 * @typedef {import('./types.js').Language} Language
 * @typedef {import('./types.js').SearchResult} SearchResult
 */
import { el } from './dom.js';
import { highlighted } from './highlights.js';
import { LANGUAGE_TAGS, pick, pickedLanguage } from './i18n.js';
import { noteList } from './note_list.js';
import { quotedClause } from './quoted_list.js';

/**
 * A search result in the reader's language, its matching words marked.
 * @param {SearchResult} result
 * @param {Language} lang
 * @param {string} href
 * @param {HTMLElement[]} [tools]
 * @returns {HTMLElement}
 */
export function resultView(result, lang, href, tools = []) {
  return el(
    'figure', { class: 'slip result', 'data-clause-id': result.clause_id },
    el(
      'figcaption', { class: 'slip-caption' },
      el('a', { class: 'slip-label', href }, pick(result.label, lang)),
      el('span', { class: 'slip-heading' }, pick(result.heading, lang)),
    ),
    resultQuote(result, pickedLanguage(result.text, lang)),
    noteList(result.notes, lang),
    tools.length > 0 && el('div', { class: 'slip-tools' }, ...tools),
  );
}

/** @param {SearchResult} result @param {Language} spoken @returns {HTMLElement} */
function resultQuote(result, spoken) {
  const words = result.text[spoken] ?? '';
  return el('blockquote', { class: 'result-quote', lang: LANGUAGE_TAGS[spoken] }, ...highlighted(words, result.highlights[spoken] ?? []));
}

/**
 * The whole of a result with its items, in one language.
 * @param {SearchResult} result @param {Language} spoken @param {Language} lang reader's language
 * @returns {HTMLElement}
 */
export function resultWithItems(result, spoken, lang) {
  const marked = result.highlights[spoken] ?? [];
  const render = (/** @type {string} */ words, /** @type {number} */ start) => highlighted(words, marked.map(([from, to]) => [from - start, to - start]));
  // The items' notes stand once, below the reader's language.
  const notes = spoken === pickedLanguage(result.text, lang);
  const parts = quotedClause({ ...result, words: result.text[spoken] ?? '' }, { spoken, lang, render, notes });
  for (const part of parts) if (part.localName === 'blockquote') part.classList.add('result-quote');
  return el('div', { class: 'slip-quote' }, ...parts);
}
