/**
 * What every full page shares: the reader's language, its switch, and the filled-in strings.
 *
 * @typedef {import('./types.js').Language} Language
 */
import { LANGUAGE_TAGS, applyStrings, otherLanguage, text } from './i18n.js';
import { lasting } from './storage.js';

const chosen = lasting('clausedesk.language');

/**
 * @param {(lang: Language) => void} render called now and after every language switch
 */
export function startPage(render) {
  show(initialLanguage());
  for (const button of document.querySelectorAll('[data-language-switch]')) {
    button.addEventListener('click', () => {
      const lang = otherLanguage(pageLanguage());
      chosen.write(lang);
      show(lang);
    });
  }

  /** @param {Language} lang */
  function show(lang) {
    document.documentElement.lang = LANGUAGE_TAGS[lang];
    applyStrings(document, lang);
    document.title = text(lang, document.documentElement.dataset.title ?? 'title.home');
    for (const button of document.querySelectorAll('[data-language-switch]')) {
      button.setAttribute('lang', LANGUAGE_TAGS[otherLanguage(lang)]);
    }
    document.querySelector('clausedesk-chat')?.setAttribute('lang', lang);
    render(lang);
  }
}

/** @returns {Language} the language the page is shown in now */
export function pageLanguage() {
  return document.documentElement.lang.startsWith('en') ? 'en' : 'zh';
}

/** Address first (links can choose), then the reader's last choice, then the browser's. @returns {Language} */
function initialLanguage() {
  const asked = new URLSearchParams(window.location.search).get('lang') ?? chosen.read();
  if (asked === 'zh' || asked === 'en') return asked;
  const browser = navigator.languages.find((tag) => /^(zh|en)\b/.test(tag)) ?? 'zh';
  return browser.startsWith('en') ? 'en' : 'zh';
}
