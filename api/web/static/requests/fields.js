/**
 * The fields of the request form as nodes; each has a place for its error that it is described by.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('../shared/types.js').RequestType} RequestType
 */
import { el } from '../shared/dom.js';
import { LANGUAGE_TAGS, nameOf, pick, pickedLanguage, text } from '../shared/i18n.js';
import { promiseWords } from '../shared/promise.js';

/** @param {string} path the API's name of the field @returns {HTMLElement} */
export function errorPlace(path) {
  return el('p', { class: 'field-error', id: errorId(path), 'data-error-for': path, hidden: true });
}

/** @param {string} path @returns {string} */
export function errorId(path) {
  return `error-${path.replace('.', '-')}`;
}

/** @param {RequestType[]} types @param {Language} lang */
export function typeField(types, lang) {
  const options = types.map((type) => el(
    'label', { class: 'option' },
    el('input', { type: 'radio', name: 'type', value: type.type, 'aria-describedby': errorId('type') }),
    el('span', { class: 'option-words' }, el('span', {}, nameOf(lang, 'type', type.type)), el('span', { class: 'hint' }, promiseWords(type, lang))),
  ));
  return el(
    'fieldset', { class: 'field', 'data-field': 'type' },
    el('legend', {}, text(lang, 'form.type')), el('div', { class: 'options' }, ...options), errorPlace('type'),
  );
}

/** @param {RequestType} type @param {Language} lang */
export function groundField(type, lang) {
  const grounds = type.grounds.map(({ clause_id: id, label, text: words }) => radio('ground', id, el(
    'span', {}, el('span', { class: 'policy-words', lang: LANGUAGE_TAGS[pickedLanguage(words, lang)] }, pick(words, lang)),
    ' ', el('span', { class: 'hint' }, pick(label, lang)),
  )));
  const none = radio('ground', '', text(lang, 'form.ground.none'), true);
  return el(
    'fieldset', { class: 'field', 'data-field': 'ground' },
    el('legend', {}, text(lang, 'form.ground')), ...grounds, none, errorPlace('ground'),
  );
}

/** @param {Language} lang */
export function contactField(lang) {
  return el(
    'fieldset', { class: 'field', 'data-field': 'contact' },
    el('legend', {}, text(lang, 'form.contact')),
    el('p', { class: 'hint', id: 'contact-hint' }, text(lang, 'form.contact.hint')),
    el('div', { class: 'contact-kinds' }, radio('contact.kind', 'email', text(lang, 'form.email'), true), radio('contact.kind', 'phone', text(lang, 'form.phone'))),
    el('label', { for: 'contact-value' }, text(lang, 'form.contact.value')),
    el('input', { type: 'text', id: 'contact-value', name: 'contact.value', autocomplete: 'email', 'aria-describedby': `contact-hint ${errorId('contact.value')}` }),
    errorPlace('contact.value'),
  );
}

/** @param {Language} lang */
export function scopeField(lang) {
  return el(
    'div', { class: 'field', 'data-field': 'scope' },
    el('label', { for: 'scope' }, text(lang, 'form.scope')),
    el('p', { class: 'hint', id: 'scope-hint' }, text(lang, 'form.scope.hint')),
    el('textarea', { id: 'scope', name: 'scope', rows: 4, 'aria-describedby': `scope-hint ${errorId('scope')}` }),
    errorPlace('scope'),
  );
}

/** @param {string} name @param {string} words @returns {HTMLElement} */
export function checkField(name, words) {
  return el(
    'div', { class: 'field', 'data-field': name },
    el('label', { class: 'check' }, el('input', { type: 'checkbox', name, 'aria-describedby': errorId(name) }), el('span', {}, words)),
    errorPlace(name),
  );
}

/** @param {string} name @param {string} value @param {HTMLElement | string} words @param {boolean} [checked] */
function radio(name, value, words, checked = false) {
  const input = el('input', { type: 'radio', name, value, checked, 'aria-describedby': errorId(name) });
  return el('label', { class: 'check' }, input, typeof words === 'string' ? el('span', {}, words) : words);
}
