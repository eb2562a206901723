/**
 * @typedef {import('./types.js').Language} Language
 */
import { copyText } from './clipboard.js';
import { el } from './dom.js';
import { text } from './i18n.js';

const CONFIRMATION_MS = 2500;

/**
 * A button that copies words and says for a moment that it did.
 * @param {Language} lang
 * @param {string} key string key of its title
 * @param {() => string} words what to copy, asked when pressed
 * @param {Record<string, string>} [attributes]
 * @returns {HTMLElement}
 */
export function copyButton(lang, key, words, attributes = {}) {
  const said = el('span', { role: 'status' });
  const title = el('span', {}, text(lang, key));
  const button = el('button', { type: 'button', class: 'text-button', ...attributes, onclick: press }, title);
  return el('span', { class: 'copy' }, button, said);

  async function press() {
    const copied = await copyText(words());
    said.textContent = text(lang, copied ? 'copy.done' : 'copy.failed');
    setTimeout(() => said.replaceChildren(), CONFIRMATION_MS);
  }
}
