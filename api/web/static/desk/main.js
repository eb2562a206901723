/**
 * The agents' desk: who is logged in and which view is shown. Views are chosen by the address's fragment:
 * #assist, #lessons, #requests, #requests/DSR-…; #setup=<token> once, before the first agent exists.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('./desk_api.js').Agent} Agent
 */
import { decoded } from '../shared/address.js';
import { el } from '../shared/dom.js';
import { failureWords } from '../shared/failure.js';
import { text } from '../shared/i18n.js';
import { pageLanguage, startPage } from '../shared/page.js';
import { AssistView } from './assist_view.js';
import { DeskApi } from './desk_api.js';
import { LessonsView } from './lessons_view.js';
import { ListView } from './list_view.js';
import { loginView, setupView } from './login_view.js';

const main = /** @type {HTMLElement} */ (document.getElementById('main'));
const nav = /** @type {HTMLElement} */ (document.getElementById('desk-nav'));
const logout = /** @type {HTMLElement} */ (document.getElementById('desk-logout'));
const api = new DeskApi(() => leave('desk.login.expired'));

/** @type {Agent | null} */
let agent = null;
let setupToken = takeSetupToken();
/** @type {AssistView | null} */
let assist = null;
/** @type {LessonsView | null} */
let lessons = null;
/** @type {ListView | null} */
let list = null;
let started = false;

startPage((lang) => (started ? show(lang) : void start(lang)));
window.addEventListener('hashchange', () => {
  setupToken = takeSetupToken() ?? setupToken;
  show(pageLanguage());
});
logout.addEventListener('click', async () => {
  try {
    await api.logout();
    leave();
  } catch (error) {
    main.prepend(el('p', { class: 'form-error', role: 'alert' }, failureWords(error, pageLanguage())));
  }
});

/** @param {Language} lang */
async function start(lang) {
  main.replaceChildren(el('p', { role: 'status' }, text(lang, 'loading')));
  try {
    agent = setupToken ? null : await api.me();
    started = true;
    show(pageLanguage());
  } catch (error) {
    main.replaceChildren(el('p', { class: 'form-error', role: 'alert' }, failureWords(error, lang)));
  }
}

/** @param {Language} lang */
function show(lang) {
  nav.hidden = agent === null;
  logout.hidden = agent === null;
  const name = /** @type {HTMLElement} */ (document.getElementById('desk-agent'));
  name.textContent = agent ? text(lang, 'desk.agent', { name: agent.username, role: agent.role }) : '';
  if (setupToken) return main.replaceChildren(setupView(api, setupToken, lang, enter, refuseSetup));
  if (!agent) return main.replaceChildren(loginView(api, lang, enter));
  const [view, reference] = window.location.hash.slice(1).split('/');
  for (const link of nav.querySelectorAll('a')) {
    const isCurrent = link.hash === `#${view || 'assist'}`;
    if (isCurrent) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (view === 'lessons') {
    lessons ??= new LessonsView(api);
    main.replaceChildren(lessons.root);
    return void lessons.show(lang);
  }
  if (view !== 'requests') {
    assist ??= new AssistView(api);
    assist.setLanguage(lang);
    return main.replaceChildren(assist.root);
  }
  list ??= new ListView(api);
  main.replaceChildren(list.root);
  void list.show(lang, reference ? decoded(reference) : null);
}

/** @param {Agent} who */
function enter(who) {
  agent = who;
  setupToken = null;
  show(pageLanguage());
}

function refuseSetup() {
  setupToken = null;
  leave('desk.setup.used');
}

/** @param {string} [key] string key of a reason */
function leave(key) {
  agent = null;
  assist = null;
  lessons = null;
  list = null;
  show(pageLanguage());
  if (key) main.prepend(el('p', { class: 'notice', role: 'status' }, text(pageLanguage(), key)));
}

/** A one-time secret: read once and taken out of the address bar. @returns {string | null} */
function takeSetupToken() {
  const token = new URLSearchParams(window.location.hash.slice(1)).get('setup');
  if (token) window.history.replaceState(null, '', window.location.pathname + window.location.search);
  return token;
}
