/**
 * @typedef {import('./types.js').Language} Language
 * @typedef {import('./types.js').Clause} Clause
 */
import { clauseSlip } from './clause_slip.js';
import { el } from './dom.js';
import { pick, pickedLanguage, text } from './i18n.js';

/**
 * The clause that grants a request and, when it is another, the one its deadline comes from.
 * @param {string} clauseId
 * @param {string | undefined} clockClauseId
 * @param {Language} lang
 * @param {(clauseId: string, version?: string) => Promise<Clause>} loadClause
 * @returns {Promise<HTMLElement[]>} links instead of slips where a clause cannot be loaded
 */
export async function promiseSlips(clauseId, clockClauseId, lang, loadClause) {
  const granting = await slip(clauseId, lang, loadClause);
  if (!clockClauseId || clockClauseId === clauseId) return [granting];
  const heading = el('p', { class: 'slip-intro' }, text(lang, 'promise.clock_clause'));
  return [granting, heading, await slip(clockClauseId, lang, loadClause)];
}

/**
 * @param {string} clauseId @param {Language} lang @param {(clauseId: string, version?: string) => Promise<Clause>} loadClause
 * @returns {Promise<HTMLElement>}
 */
export async function slip(clauseId, lang, loadClause) {
  try {
    const clause = await loadClause(clauseId);
    const citation = {
      clause_id: clause.clause_id, label: clause.label, quote: pick(clause.text, lang), lang: pickedLanguage(clause.text, lang),
      policy_version: clause.version, url: clause.url,
    };
    return clauseSlip(citation, lang, loadClause, { newTab: true });
  } catch {
    return el('p', {}, el('a', { href: `/policy#clause-${clauseId}`, target: '_blank', rel: 'noopener' }, clauseId));
  }
}
