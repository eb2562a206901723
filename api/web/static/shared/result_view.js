/**
 * @typedef {import('./types.js').Language} Language
 * @typedef {import('./types.js').SearchResult} SearchResult
 */
import { el } from './dom.js';
import { highlighted } from './highlights.js';
import { LANGUAGE_TAGS, pick, pickedLanguage } from './i18n.js';
import { noteList } from './note_list.js';

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
export function resultQuote(result, spoken) {
  const words = result.text[spoken] ?? '';
  return el('blockquote', { class: 'result-quote', lang: LANGUAGE_TAGS[spoken] }, ...highlighted(words, result.highlights[spoken] ?? []));
}
