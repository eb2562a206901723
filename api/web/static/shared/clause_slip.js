/**
 * The clause slip: one quoted clause with its number, its items, its notes and the same in the other language.
 *
 * @typedef {import('./types.js').Language} Language
 * @typedef {import('./types.js').Bilingual} Bilingual
 * @typedef {import('./types.js').Citation} Citation
 * @typedef {import('./types.js').Clause} Clause
 */
import { el } from './dom.js';
import { otherLanguage, pick, text } from './i18n.js';
import { noteList } from './note_list.js';
import { quotedClause } from './quoted_list.js';
import { uuid } from './uuid.js';

const LONG = { zh: 260, en: 620 };
// Beside a question the clause is a reference: it must not push the question out of sight.
const LONG_BESIDE_QUESTION = { zh: 60, en: 150 };

/**
 * @param {Citation} citation
 * @param {Language} lang reader's language, for labels and notes
 * @param {(clauseId: string, version?: string) => Promise<Clause>} loadClause
 * @param {{base?: string | URL, newTab?: boolean, brief?: boolean}} [options] base: what relative links start from;
 *   brief: the clause accompanies a question, so it starts folded
 * @returns {HTMLElement}
 */
export function clauseSlip(citation, lang, loadClause, { base = window.location.href, newTab = false, brief = false } = {}) {
  const longest = (brief ? LONG_BESIDE_QUESTION : LONG)[citation.lang];
  const reading = { spoken: citation.lang, lang, base, ...(brief && { shown: 0 }) };
  const quote = el('div', { class: 'slip-quote', id: `quote-${uuid()}` }, ...quotedClause({ ...citation, words: citation.quote }, reading));
  const heading = el('span', { class: 'slip-heading' });
  const translation = el('div', { id: `other-${uuid()}`, hidden: true });
  const notes = el('div', { class: 'slip-notes' });
  const link = { class: 'slip-label', href: new URL(citation.url, base).href, ...(newTab && { target: '_blank', rel: 'noopener' }) };
  const caption = el(
    'figcaption', { class: 'slip-caption' },
    el('a', { ...link, 'data-citation-link': citation.clause_id }, pick(citation.label, lang)), heading,
  );
  const tools = el('div', { class: 'slip-tools' }, languageToggle(citation, lang, translation, loadClause, base));
  const slip = el(
    'figure', { class: brief ? 'slip slip-brief' : 'slip', 'data-clause-id': citation.clause_id, 'data-lang': citation.lang },
    caption, quote, translation, notes, tools,
  );
  const long = [...quote.children].filter((part) => part.localName === 'blockquote' && (part.textContent ?? '').length > longest);
  long.forEach((part) => part.classList.add('quote-long'));
  if (long.length) tools.prepend(lengthToggle(slip, quote, lang));
  fillIn();
  return slip;

  async function fillIn() {
    try {
      const clause = await loadClause(citation.clause_id, citation.policy_version);
      heading.textContent = pick(clause.heading, lang);
      const list = noteList(clause.notes, lang);
      if (list) notes.append(list);
    } catch {
      // Heading and notes are extras; the quote itself came with the message.
    }
  }
}

/**
 * @param {Citation} citation @param {Language} lang @param {HTMLElement} translation
 * @param {(clauseId: string, version?: string) => Promise<Clause>} loadClause @param {string | URL} base
 * @returns {HTMLElement}
 */
function languageToggle(citation, lang, translation, loadClause, base) {
  const other = otherLanguage(citation.lang);
  const button = el(
    'button',
    { type: 'button', class: 'text-button', 'data-action': 'other-language', 'aria-expanded': 'false', 'aria-controls': translation.id, onclick: press },
    text(lang, `slip.show.${other}`),
  );
  return button;

  async function press() {
    if (!translation.childNodes.length) await load();
    translation.hidden = !translation.hidden;
    button.setAttribute('aria-expanded', String(!translation.hidden));
    button.textContent = text(lang, `slip.${translation.hidden ? 'show' : 'hide'}.${other}`);
  }

  async function load() {
    try {
      const clause = await loadClause(citation.clause_id, citation.policy_version);
      const words = clause.text[other];
      translation.replaceChildren(...(words
        ? quotedClause({ ...citation, words }, { spoken: other, lang, base, notes: false })
        : [el('p', {}, text(lang, 'slip.no_translation'))]));
    } catch {
      translation.hidden = true;
      translation.replaceChildren();
      button.after(el('span', { role: 'status' }, text(lang, 'slip.not_loaded')));
    }
  }
}

/** @param {HTMLElement} slip @param {HTMLElement} quote @param {Language} lang @returns {HTMLElement} */
function lengthToggle(slip, quote, lang) {
  slip.classList.add('slip-long');
  const button = el(
    'button',
    { type: 'button', class: 'text-button', 'data-action': 'whole-clause', 'aria-expanded': 'false', 'aria-controls': quote.id, onclick: press },
    text(lang, 'slip.whole'),
  );
  return button;

  function press() {
    const folded = slip.classList.toggle('slip-long');
    button.setAttribute('aria-expanded', String(!folded));
    button.textContent = text(lang, folded ? 'slip.whole' : 'slip.fold');
  }
}
