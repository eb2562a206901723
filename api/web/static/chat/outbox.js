/**
 * Messages on their way. Each keeps one client_message_id for life, so that sending it again is never a second message.
 *
 * @typedef {{id: string, text: string, title: string, state: 'sending' | 'failed' | 'refused'}} Outgoing
 */
import { uuid } from '../shared/uuid.js';

export class Outbox {
  /** @type {Outgoing[]} */
  #entries;

  /** @param {import('../shared/storage.js').JsonStorage} store survives a page refresh */
  constructor(store) {
    this.store = store;
    const kept = store.read();
    // Whether what a refresh interrupted did arrive is unknown; sending it again is safe.
    this.#entries = Array.isArray(kept) ? kept.map((entry) => ({ ...entry, state: 'failed' })) : [];
  }

  /** @param {string} text @param {string} title @returns {Outgoing} */
  add(text, title) {
    /** @type {Outgoing} */
    const entry = { id: uuid(), text, title, state: 'sending' };
    this.#entries.push(entry);
    this.#save();
    return entry;
  }

  /** @param {Outgoing} entry @param {Outgoing['state']} state @returns {Outgoing} */
  mark(entry, state) {
    entry.state = state;
    this.#save();
    return entry;
  }

  /** @param {Outgoing} entry */
  remove(entry) {
    this.#entries = this.#entries.filter(({ id }) => id !== entry.id);
    this.#save();
  }

  /** @returns {Outgoing[]} */
  failed() {
    return this.#entries.filter(({ state }) => state === 'failed');
  }

  clear() {
    this.#entries = [];
    this.store.forget();
  }

  #save() {
    if (this.#entries.length) this.store.write(this.#entries);
    else this.store.forget();
  }
}
