/**
 * The chat routes of the HTTP contract.
 *
 * @typedef {import('../shared/types.js').ChatMessage} ChatMessage
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {{session_id: string, token: string}} Session
 */
import { call } from '../shared/http.js';

const SEND_TIMEOUT_MS = 30_000;

export class ChatClient {
  /** @param {string} api base address, e.g. https://desk.example.com/api/v1 */
  constructor(api) {
    this.api = api;
  }

  /** @param {Language} lang @returns {Promise<Session & {lang: Language, messages: ChatMessage[]}>} */
  start(lang) {
    return call(`${this.api}/chat/sessions`, { method: 'POST', body: { lang } });
  }

  /** @param {Session} session @param {string | null} [after] id of the last message known @returns {Promise<{messages: ChatMessage[]}>} */
  history(session, after = null) {
    const query = after ? `?after=${encodeURIComponent(after)}` : '';
    return call(`${this.#path(session)}/messages${query}`, { token: session.token });
  }

  /**
   * @param {Session} session @param {string} clientMessageId @param {string} text
   * @returns {Promise<{message: ChatMessage, replies: ChatMessage[]}>} the same for the same clientMessageId
   */
  send(session, clientMessageId, text) {
    const body = { client_message_id: clientMessageId, text };
    return call(`${this.#path(session)}/messages`, { method: 'POST', body, token: session.token, timeout: SEND_TIMEOUT_MS });
  }

  /** @param {Session} session @param {Language} lang */
  setLanguage(session, lang) {
    return call(this.#path(session), { method: 'PATCH', body: { lang }, token: session.token });
  }

  /** @param {Session} session @param {string} reference @returns {Promise<{url: string}>} */
  access(session, reference) {
    return call(`${this.#path(session)}/requests/${encodeURIComponent(reference)}/access`, { token: session.token });
  }

  /** @param {Session} session @param {AbortSignal} signal @returns {Promise<Response>} an open event stream */
  openEvents(session, signal) {
    const headers = { Authorization: `Bearer ${session.token}`, Accept: 'text/event-stream' };
    return fetch(`${this.#path(session)}/events`, { headers, signal, cache: 'no-store' });
  }

  /** @param {Session} session */
  #path(session) {
    return `${this.api}/chat/sessions/${encodeURIComponent(session.session_id)}`;
  }
}
