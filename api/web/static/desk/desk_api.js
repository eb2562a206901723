/**
 * The agents' routes. The session is an HttpOnly cookie; the extra header proves that the call comes from our own pages,
 * because another site cannot set it.
 *
 * @typedef {{username: string, role: string}} Agent
 * @typedef {{status?: string, type?: string, cursor?: string | null}} ListFilter
 */
import { ApiError, call } from '../shared/http.js';

const API = '/api/v1/agent';
const PAGE_SIZE = 20;

export class DeskApi {
  /** @param {() => void} onExpired the session ended while working */
  constructor(onExpired) {
    this.onExpired = onExpired;
  }

  /** @returns {Promise<Agent | null>} null when not logged in */
  async me() {
    try {
      return (await call(`${API}/me`)).agent;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  }

  /** @param {string} username @param {string} password @returns {Promise<Agent>} */
  async login(username, password) {
    return (await post('/login', { username, password })).agent;
  }

  /** Creates the first agent, who is then logged in. @param {string} setupToken @param {string} username @param {string} password */
  async setup(setupToken, username, password) {
    return /** @type {Agent} */ ((await post('/setup', { setup_token: setupToken, username, password })).agent);
  }

  logout() {
    return post('/logout');
  }

  /** @param {string} query @param {string} lang */
  search(query, lang) {
    return this.#guarded(post('/assist/search', { query, lang, top_k: 5 }));
  }

  /** @param {ListFilter} filter */
  requests(filter) {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
    for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
    return this.#guarded(call(`${API}/requests?${query}`));
  }

  /** @param {string} reference */
  async request(reference) {
    const answer = await this.#guarded(call(`${API}/requests/${encodeURIComponent(reference)}`));
    return answer.request ?? answer;
  }

  /** @param {Promise<any>} calling */
  async #guarded(calling) {
    try {
      return await calling;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.onExpired();
      throw error;
    }
  }
}

/** @param {string} path @param {unknown} [body] */
function post(path, body) {
  return call(API + path, { method: 'POST', body, headers: { 'X-ClauseDesk-Request': '1' } });
}
