/**
 * One clause of the policy page: number in the gutter, heading, the verbatim paragraphs, its notes.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').Clause} Clause
 * @typedef {import('./main.js').View} View
 */
import { citationText } from '../shared/citation.js';
import { copyButton } from '../shared/copy_button.js';
import { el } from '../shared/dom.js';
import { LANGUAGE_TAGS, pick, text } from '../shared/i18n.js';
import { noteList } from '../shared/note_list.js';

const DEEPEST_HEADING = 6;

/**
 * @param {Clause} clause
 * @param {Map<string, Clause>} known all clauses by id
 * @param {View} view
 * @param {Language} lang
 * @returns {HTMLElement}
 */
export function clauseSection(clause, known, view, lang) {
  const depth = clause.clause_id.split('.').length;
  return el(
    'section',
    { class: `clause clause-level-${Math.min(depth, 4)}`, id: `clause-${clause.clause_id}`, 'data-clause-id': clause.clause_id, tabindex: '-1',
      'aria-label': pick(clause.label, lang) },
    el('div', { class: 'clause-gutter' }, el('a', { href: `#clause-${clause.clause_id}`, 'aria-label': pick(clause.label, lang) }, clause.clause_id)),
    el(
      'div', { class: 'clause-body' },
      heading(clause, known, view, depth),
      ...clause.paragraphs.map((paragraph) => row(paragraph, view)),
      noteList(clause.notes, lang),
      el('div', { class: 'clause-tools' }, ...languagesOf(clause, view).map((spoken) => copyButton(
        lang, view === 'both' ? `assist.copy.citation.${spoken}` : 'copy.citation',
        () => citationText(clause, clause.version, spoken), { 'data-action': 'copy-citation', 'data-lang': spoken },
      ))),
    ),
  );
}

/** @param {Clause} clause @param {Map<string, Clause>} known @param {View} view @param {number} depth */
function heading(clause, known, view, depth) {
  if (!hasOwnHeading(clause, known)) return null;
  const level = Math.min(depth + 1, DEEPEST_HEADING);
  return el(`h${level}`, { class: 'clause-heading' }, ...cells(clause.heading, view, 'span'));
}

/** A heading is inherited when it equals the parent's, and needs no line when the text begins with it. */
function hasOwnHeading(/** @type {Clause} */ clause, /** @type {Map<string, Clause>} */ known) {
  const parent = clause.parent_id ? known.get(clause.parent_id) : null;
  const title = pick(clause.heading, 'zh');
  if (!title || (parent && pick(parent.heading, 'zh') === title)) return false;
  return !pick(clause.text, 'zh').startsWith(title);
}

/** @param {import('../shared/types.js').Bilingual} paragraph @param {View} view */
function row(paragraph, view) {
  return el('div', { class: 'clause-row policy-words' }, ...cells(paragraph, view, 'p'));
}

/** @param {import('../shared/types.js').Bilingual} words @param {View} view @param {string} tag @returns {HTMLElement[]} */
function cells(words, view, tag) {
  if (view === 'both') {
    return /** @type {Language[]} */ (['zh', 'en']).map((lang) => el(tag, { class: 'cell policy-words', lang: LANGUAGE_TAGS[lang] }, words[lang] ?? ''));
  }
  const spoken = words[view] ? view : view === 'zh' ? 'en' : 'zh';
  return [el(tag, { class: 'cell policy-words', lang: LANGUAGE_TAGS[spoken] }, words[spoken] ?? '')];
}

/** @param {Clause} clause @param {View} view @returns {Language[]} */
function languagesOf(clause, view) {
  const languages = /** @type {Language[]} */ (view === 'both' ? ['zh', 'en'] : [view]);
  return languages.filter((lang) => clause.text[lang]);
}
