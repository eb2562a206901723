/**
 * @typedef {import('./types.js').Clause} Clause
 */
import { call } from './http.js';

/**
 * @param {string} api base address, e.g. /api/v1
 * @returns {(clauseId: string, version?: string) => Promise<Clause>} loads each clause once; a failed load may be tried again
 */
export function clauseLoader(api) {
  /** @type {Map<string, Promise<Clause>>} */
  const loaded = new Map();
  return function load(clauseId, version) {
    const query = version ? `?version=${encodeURIComponent(version)}` : '';
    const path = `${api}/policy/clauses/${encodeURIComponent(clauseId)}${query}`;
    const known = loaded.get(path);
    if (known) return known;
    const loading = call(path);
    loaded.set(path, loading);
    loading.catch(() => loaded.delete(path));
    return loading;
  };
}
