/**
 * The agents' routes. The session is an HttpOnly cookie; the extra header proves that the call comes from our own pages,
 * because another site cannot set it.
 *
 * @typedef {{username: string, role: string}} Agent
 * @typedef {{status?: string, type?: string, cursor?: string | null}} ListFilter
 * @typedef {{id: string, clause_ids: string[], same_wording: boolean}} AppliedLesson
 * @typedef {{id: string, question: string, lang: 'zh' | 'en', clause_ids: string[], state: string, confirmed_by: string,
 *   confirmed_at: string, withdrawn_by: string | null, withdrawn_at: string | null}} Lesson
 * @typedef {import('../shared/types.js').OutlineItem} OutlineItem
 * @typedef {{label: OutlineItem['label'], heading: OutlineItem['heading']}} ClauseName
 */
import { ApiError, call } from '../shared/http.js';

const API = '/api/v1/agent';
const PAGE_SIZE = 20;
const OURS = { 'X-ClauseDesk-Request': '1' };

export class DeskApi {
  /** @type {Promise<Map<string, ClauseName>> | null} */
  #names = null;

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

  /**
   * Confirms what answers a question; it counts at once.
   * @param {string} question @param {string[]} clauseIds empty: the policy does not answer
   */
  teach(question, clauseIds) {
    return this.#guarded(post('/lessons', { question, clause_ids: clauseIds }));
  }

  /** @param {{state?: string, cursor?: string | null}} filter @returns {Promise<{lessons: Lesson[], next_cursor: string | null}>} */
  lessons(filter) {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
    for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
    return this.#guarded(call(`${API}/lessons?${query}`));
  }

  /** @param {string} id */
  withdrawLesson(id) {
    return this.#guarded(call(`${API}/lessons/${encodeURIComponent(id)}`, { method: 'DELETE', headers: OURS }));
  }

  /** @returns {Promise<Map<string, ClauseName>>} every clause's number and heading by id, in the order of the policy */
  clauseNames() {
    this.#names ??= call('/api/v1/policy').then(({ outline }) => new Map(flat(outline)));
    this.#names.catch(() => {
      this.#names = null;
    });
    return this.#names;
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
  return call(API + path, { method: 'POST', body, headers: OURS });
}

/** @param {OutlineItem[]} outline @returns {[string, ClauseName][]} */
function flat(outline) {
  return outline.flatMap(({ clause_id: id, label, heading, children }) => [/** @type {[string, ClauseName]} */ ([id, { label, heading }]), ...flat(children)]);
}
