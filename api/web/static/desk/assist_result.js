/**
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').SearchResult} SearchResult
 */
import { citationText } from '../shared/citation.js';
import { copyButton } from '../shared/copy_button.js';
import { el } from '../shared/dom.js';
import { LANGUAGE_TAGS, pick, text } from '../shared/i18n.js';
import { noteList } from '../shared/note_list.js';
import { resultWithItems } from '../shared/result_view.js';

/** @type {Language[]} */
const LANGUAGES = ['zh', 'en'];

/**
 * Both languages side by side.
 * @param {SearchResult} result @param {string} version @param {Language} lang
 * @param {HTMLElement | null} tool a further control
 * @returns {HTMLElement}
 */
export function assistResult(result, version, lang, tool) {
  const languages = LANGUAGES.filter((spoken) => result.text[spoken]);
  return el(
    'figure', { class: 'slip', 'data-clause-id': result.clause_id },
    el(
      'figcaption', { class: 'slip-caption' },
      el('a', { class: 'slip-label', href: result.url, target: '_blank', rel: 'noopener' }, pick(result.label, lang)),
      el('span', { class: 'slip-heading' }, pick(result.heading, lang)),
    ),
    el('div', { class: 'assist-pair' }, ...languages.map((spoken) => resultWithItems(result, spoken, lang))),
    noteList(result.notes, lang),
    el('div', { class: 'slip-tools' }, tool, ...languages.map((spoken) => copyButton(
      lang, `assist.copy.citation.${spoken}`, () => citationText(result, version, spoken), { 'data-action': 'copy-citation', 'data-lang': spoken },
    ))),
  );
}

/** @param {import('../shared/types.js').Bilingual | null} reply @param {Language} lang @returns {HTMLElement | null} */
export function suggestedReply(reply, lang) {
  const languages = LANGUAGES.filter((spoken) => reply?.[spoken]);
  if (!reply || !languages.length) return null;
  return el(
    'section', { class: 'suggested', 'data-part': 'suggested-reply', 'aria-labelledby': 'suggested-title' },
    el('h2', { id: 'suggested-title' }, text(lang, 'assist.reply')),
    el('div', { class: 'assist-pair' }, ...languages.map((spoken) => el(
      'div', {},
      el('p', { class: 'policy-words suggested-words', lang: LANGUAGE_TAGS[spoken] }, reply[spoken] ?? ''),
      copyButton(lang, `assist.copy.reply.${spoken}`, () => reply[spoken] ?? '', { 'data-action': 'copy-reply', 'data-lang': spoken }),
    ))),
  );
}
