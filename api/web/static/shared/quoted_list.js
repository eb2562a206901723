/**
 * A clause word for word together with the items that stand below it, between its opening and its closing words.
 *
 * @typedef {import('./types.js').Language} Language
 * @typedef {import('./types.js').Bilingual} Bilingual
 * @typedef {import('./types.js').ListItem} ListItem
 * @typedef {object} Quoted
 * @property {string} words
 * @property {Bilingual | string} label
 * @property {number} [closing_paragraphs] so many of the last paragraphs of `words` stand after the items
 * @property {ListItem[]} [items]
 * @property {number} [items_left_out]
 * @typedef {object} Reading
 * @property {Language} spoken language of the quoted words
 * @property {Language} lang reader's language
 * @property {string | URL} [base] what relative links start from
 * @property {number} [shown] how many items are seen at first
 * @property {boolean} [notes] whether the items' notes are shown
 * @property {(words: string, start: number) => Node[]} [render] the nodes of a stretch that begins at character `start`
 */
import { el, paragraphs } from './dom.js';
import { LANGUAGE_TAGS, pick, text } from './i18n.js';
import { noteList } from './note_list.js';
import { uuid } from './uuid.js';

const SHOWN = 5;

/**
 * @param {Quoted} clause
 * @param {Reading} reading
 * @returns {HTMLElement[]} quotes, the list of items and what unfolds it
 */
export function quotedClause(clause, reading) {
  const { opening, closing, start } = parted(clause.words, clause.closing_paragraphs ?? 0);
  const items = list(clause, reading);
  // What leads into the items stands by itself: it must be seen with them where the words before it are folded.
  const lead = items.length ? parted(opening, 1) : { opening, closing: '', start: 0 };
  return [
    ...quote(lead.opening, 0, reading),
    ...quote(lead.closing, lead.start, reading),
    ...items,
    ...quote(closing, start, reading),
  ];
}

/** @param {string} words @param {number} start @param {Reading} reading @returns {HTMLElement[]} */
function quote(words, start, { spoken, render = paragraphs }) {
  return words ? [el('blockquote', { lang: LANGUAGE_TAGS[spoken] }, ...render(words, start))] : [];
}

/**
 * @param {string} words
 * @param {number} closing
 * @returns {{opening: string, closing: string, start: number}} `start`: where the closing words begin, in characters
 */
export function parted(words, closing) {
  const all = words.split('\n\n');
  if (!closing || closing > all.length || !words) return { opening: words, closing: '', start: 0 };
  const opening = all.slice(0, -closing).join('\n\n');
  return { opening, closing: all.slice(-closing).join('\n\n'), start: opening ? Array.from(opening).length + 2 : 0 };
}

/**
 * @param {ListItem} item of a citation or of a search result
 * @param {Language} spoken
 * @returns {{words: string, lang: Language} | null} in that language, else in the one there is; null when it is only named
 */
export function wordsOf(item, spoken) {
  const stored = [
    item.quote && item.lang ? { words: item.quote, lang: item.lang } : null,
    item.quote_other ? { words: item.quote_other.text, lang: item.quote_other.lang } : null,
    item.text?.zh ? { words: item.text.zh, lang: /** @type {Language} */ ('zh') } : null,
    item.text?.en ? { words: item.text.en, lang: /** @type {Language} */ ('en') } : null,
  ].filter((entry) => entry !== null);
  return stored.find(({ lang }) => lang === spoken) ?? stored[0] ?? null;
}

/** @param {Quoted} clause @param {Reading} reading @returns {HTMLElement[]} */
function list(clause, reading) {
  const items = clause.items ?? [];
  if (!items.length) return [];
  const rows = items.map((item) => row(item, clause.label, reading));
  const root = el('ol', { class: 'slip-items', id: `items-${uuid()}` }, ...rows);
  const more = clause.items_left_out
    ? [el('p', { class: 'hint' }, text(reading.lang, 'slip.items.more', { count: clause.items_left_out }))]
    : [];
  const shown = reading.shown ?? SHOWN;
  // One hidden item would take no less room than the button that shows it.
  if (rows.length <= shown + 1 && shown > 0) return [root, ...more];
  return [root, folding(root, rows, shown, reading.lang), ...more];
}

/** @param {ListItem} item @param {Bilingual | string} above @param {Reading} reading @returns {HTMLElement} */
function row(item, above, reading) {
  const { spoken, base = window.location.href, lang } = reading;
  const quoted = wordsOf(item, spoken);
  const title = pick(item.title, spoken);
  const label = pick(item.label, spoken);
  return el(
    'li', { 'data-clause-id': item.clause_id },
    el('a', { class: 'item-label', href: new URL(item.url, base).href, target: '_blank', rel: 'noopener', 'aria-label': label }, shortened(label, pick(above, spoken))),
    el(
      'div', { class: 'item-body' },
      title && el('p', { class: 'item-title', lang: LANGUAGE_TAGS[spoken] }, title),
      ...(quoted
        ? quotedClause(
          { words: quoted.words, label: item.label, closing_paragraphs: item.closing_paragraphs, items: item.items },
          { spoken: quoted.lang, lang, base, notes: reading.notes, shown: Infinity },
        )
        : []),
      reading.notes !== false && noteList(item.notes ?? [], lang),
    ),
  );
}

/** What an item's number adds to that of its list: "(i)" of "Article 5(g)(i)". @param {string} label @param {string} above */
function shortened(label, above) {
  const rest = label.startsWith(above) ? label.slice(above.length) : '';
  return rest && !(/[0-9]$/.test(above) && /^[.0-9]/.test(rest)) ? rest : label;
}

/** @param {HTMLElement} root @param {HTMLElement[]} rows @param {number} shown @param {Language} lang @returns {HTMLElement} */
function folding(root, rows, shown, lang) {
  const button = el('button', {
    type: 'button', class: 'text-button', 'data-action': 'all-items', 'aria-controls': root.id, onclick: () => fold(button.getAttribute('aria-expanded') === 'true'),
  });
  fold(true);
  return button;

  /** @param {boolean} folded */
  function fold(folded) {
    rows.forEach((item, at) => { item.hidden = folded && at >= shown; });
    root.hidden = folded && shown === 0;
    const unfolded = button.hasAttribute('aria-expanded') && !folded;
    button.setAttribute('aria-expanded', String(!folded));
    button.textContent = text(lang, folded ? 'slip.items.all' : 'slip.items.fewer', { count: rows.length });
    // The items that appear stand before the button: reading goes on with the first of them.
    if (unfolded) rows[shown].querySelector('a')?.focus();
  }
}
