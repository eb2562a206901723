/**
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').OutlineItem} OutlineItem
 */
import { el } from '../shared/dom.js';
import { LANGUAGE_TAGS, pick, pickedLanguage, text } from '../shared/i18n.js';

/** Deeper clauses have no titles of their own to tell them by. */
const LEVELS = 2;

/** @param {OutlineItem[]} items @param {Language} lang @returns {HTMLElement} */
export function outlineList(items, lang) {
  const list = level(items, lang, LEVELS);
  return el('details', { open: window.matchMedia('(min-width: 60rem)').matches }, el('summary', {}, text(lang, 'policy.outline')), list);
}

/** @param {OutlineItem[]} items @param {Language} lang @param {number} levels @param {OutlineItem | null} [parent] */
function level(items, lang, levels, parent = null) {
  return el('ol', {}, ...items.map((item) => el(
    'li', {},
    el('a', { href: `#clause-${item.clause_id}` }, ...title(item, parent, lang)),
    levels > 1 && item.clause_id !== '0' && item.children.length > 0 && level(item.children, lang, levels - 1, item),
  )));
}

/** @param {OutlineItem} item @param {OutlineItem | null} parent @param {Language} lang @returns {HTMLElement[]} */
function title(item, parent, lang) {
  // A clause without a title of its own inherits its parent's, which says nothing here.
  const words = parent && pick(item.heading, lang) === pick(parent.heading, lang) ? '' : pick(item.heading, lang);
  const spoken = LANGUAGE_TAGS[pickedLanguage(item.heading, lang)];
  const number = el('span', { class: 'outline-number' }, item.clause_id);
  return [number, el('span', { lang: spoken }, words || pick(item.label, lang))];
}
