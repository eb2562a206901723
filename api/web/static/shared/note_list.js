/**
 * @typedef {import('./types.js').Language} Language
 * @typedef {import('./types.js').Note} Note
 */
import { el } from './dom.js';
import { LANGUAGE_TAGS, nameOf, pick, pickedLanguage, text } from './i18n.js';

/**
 * @param {Note[]} notes
 * @param {Language} lang
 * @returns {HTMLElement | null} null when there are none
 */
export function noteList(notes, lang) {
  if (!notes.length) return null;
  const items = notes.map((note) => {
    const kind = el('span', { class: 'note-kind' }, nameOf(lang, 'note', note.kind));
    const words = el('span', { lang: LANGUAGE_TAGS[pickedLanguage(note.text, lang)] }, pick(note.text, lang));
    return el('li', { class: 'note', 'data-note-kind': note.kind }, kind, words);
  });
  return el('ul', { class: 'note-list', 'aria-label': text(lang, 'note.list') }, ...items);
}
