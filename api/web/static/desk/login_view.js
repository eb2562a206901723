/**
 * Logging in, and creating the first agent.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('./desk_api.js').DeskApi} DeskApi
 * @typedef {import('./desk_api.js').Agent} Agent
 */
import { el } from '../shared/dom.js';
import { failureWords } from '../shared/failure.js';
import { ApiError } from '../shared/http.js';
import { text } from '../shared/i18n.js';

/** @param {DeskApi} api @param {Language} lang @param {(agent: Agent) => void} enter @returns {HTMLElement} */
export function loginView(api, lang, enter) {
  return credentialsForm(lang, { title: 'desk.login.title', go: 'desk.login.go', password: 'current-password' }, async (name, password) => {
    try {
      enter(await api.login(name, password));
    } catch (error) {
      const wrong = error instanceof ApiError && error.status === 401;
      return wrong ? text(lang, 'desk.login.wrong') : failureWords(error, lang);
    }
    return null;
  });
}

/**
 * @param {DeskApi} api @param {string} token one-time @param {Language} lang
 * @param {(agent: Agent) => void} enter
 * @param {() => void} refused the link is of no use
 * @returns {HTMLElement}
 */
export function setupView(api, token, lang, enter, refused) {
  const words = { title: 'desk.setup.title', lead: 'desk.setup.lead', go: 'desk.setup.go', password: 'new-password' };
  return credentialsForm(lang, words, async (name, password) => {
    try {
      enter(await api.setup(token, name, password));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.fields.length) return error.fields.map(({ message }) => message).join(' ');
      if ([401, 403, 404, 409, 410].includes(error.status)) {
        refused();
        return null;
      }
      return failureWords(error, lang);
    }
    return null;
  });
}

/**
 * @param {Language} lang
 * @param {{title: string, lead?: string, go: string, password: string}} words string keys; password: autocomplete kind
 * @param {(name: string, password: string) => Promise<string | null>} submit what went wrong
 */
function credentialsForm(lang, words, submit) {
  const error = el('p', { class: 'form-error', role: 'alert', hidden: true });
  const input = (/** @type {string} */ name, /** @type {string} */ type, /** @type {string} */ autocomplete) => el(
    'div', { class: 'field' },
    el('label', { for: name }, text(lang, `desk.${name}`)),
    el('input', { id: name, name, type, autocomplete, required: true, autocapitalize: 'none', spellcheck: 'false' }),
  );
  const button = el('button', { type: 'submit', class: 'button button-primary' }, text(lang, words.go));
  const form = /** @type {HTMLFormElement} */ (el(
    'form', { class: 'credentials' },
    el('h1', {}, text(lang, words.title)), words.lead && el('p', {}, text(lang, words.lead)), error,
    input('username', 'text', 'username'), input('password', 'password', words.password), button,
  ));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const values = new FormData(form);
    button.toggleAttribute('disabled', true);
    const wrong = await submit(String(values.get('username')), String(values.get('password')));
    button.toggleAttribute('disabled', false);
    error.hidden = wrong === null;
    error.textContent = wrong ?? '';
  });
  return form;
}
