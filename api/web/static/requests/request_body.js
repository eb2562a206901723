/**
 * From filled-in fields to the body of POST /dsr/requests, and what is plainly wrong with it. The server checks everything.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {{path: string, message: string}} Fault
 */
import { text } from '../shared/i18n.js';

const MOST_SCOPE = 2000;

/** @param {Record<string, string>} values by field name @param {Language} lang @returns {Record<string, any>} */
export function requestBody(values, lang) {
  const scope = values.scope?.trim();
  return {
    type: values.type ?? '',
    lang,
    contact: { kind: values['contact.kind'] ?? 'email', value: (values['contact.value'] ?? '').trim() },
    ...(scope && { scope }),
    ...(values.ground && { ground: values.ground }),
    ...(values.guardian_for_child === 'on' && { guardian_for_child: true }),
    ...(values.confirm === 'on' && { confirm: true }),
  };
}

/**
 * @param {Record<string, any>} body @param {boolean} needsConfirmation whether the type must be confirmed @param {Language} lang
 * @returns {Fault[]}
 */
export function faults(body, needsConfirmation, lang) {
  const found = [];
  if (!body.type) found.push({ path: 'type', message: text(lang, 'form.error.type') });
  if (!body.contact.value) found.push({ path: 'contact.value', message: text(lang, 'form.error.contact') });
  else if (!looksRight(body.contact)) found.push({ path: 'contact.value', message: text(lang, `form.error.${body.contact.kind}`) });
  if (Array.from(body.scope ?? '').length > MOST_SCOPE) found.push({ path: 'scope', message: text(lang, 'form.error.scope') });
  if (needsConfirmation && !body.confirm) found.push({ path: 'confirm', message: text(lang, 'form.error.confirm') });
  return found;
}

/** @param {{kind: string, value: string}} contact */
function looksRight({ kind, value }) {
  return kind === 'email' ? /^\S+@\S+\.\S+$/.test(value) : (value.match(/\d/g) ?? []).length >= 7;
}
