/**
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('./request_body.js').Fault} Fault
 */
import { el } from '../shared/dom.js';
import { text } from '../shared/i18n.js';

/** @param {HTMLElement} form @param {HTMLElement} summary */
export function clearErrors(form, summary) {
  summary.hidden = true;
  summary.replaceChildren();
  for (const place of form.querySelectorAll('[data-error-for]')) {
    place.textContent = '';
    /** @type {HTMLElement} */ (place).hidden = true;
  }
  for (const input of form.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
}

/**
 * Each message at its field; those of fields not shown here go to the summary. The first wrong field gets the focus.
 * @param {HTMLElement} form @param {HTMLElement} summary @param {Fault[]} faults @param {Language} lang
 */
export function showErrors(form, summary, faults, lang) {
  const homeless = [];
  /** @type {HTMLElement[]} */
  const wrong = [];
  for (const { path, message } of faults) {
    const place = placeOf(form, path);
    if (!place) {
      homeless.push(message);
      continue;
    }
    place.textContent = message;
    place.hidden = false;
    const inputs = form.querySelectorAll(`[aria-describedby~="${place.id}"]`);
    inputs.forEach((input) => input.setAttribute('aria-invalid', 'true'));
    if (inputs[0]) wrong.push(/** @type {HTMLElement} */ (inputs[0]));
  }
  summary.replaceChildren(el('p', {}, text(lang, 'form.errors')), ...homeless.map((message) => el('p', {}, message)));
  summary.hidden = false;
  wrong[0]?.focus();
}

/** @param {HTMLElement} form @param {string} path maybe with a leading "body." @returns {HTMLElement | null} */
function placeOf(form, path) {
  const name = path.replace(/^body\./, '');
  const places = /** @type {HTMLElement[]} */ (Array.from(form.querySelectorAll('[data-error-for]')));
  const isFor = (/** @type {HTMLElement} */ place) => place.dataset.errorFor === name;
  return places.find(isFor) ?? places.find((place) => place.dataset.errorFor?.startsWith(`${name}.`)) ?? null;
}
