/**
 * @typedef {import('./types.js').Language} Language
 */
import { ApiError } from './http.js';
import { text } from './i18n.js';

/**
 * What a page says when a call failed in a way it has no better words for.
 * @param {unknown} error
 * @param {Language} lang
 * @returns {string}
 * @throws the error itself when it is a defect of ours, not an answer of the server
 */
export function failureWords(error, lang) {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 0) return text(lang, 'error.unreachable');
  if (error.status === 429) return text(lang, 'error.too_fast', { seconds: error.retryAfter ?? 60 });
  if (error.status >= 500) return text(lang, 'error.server');
  return text(lang, 'error.unexpected', { message: error.message });
}
