/**
 * Server-sent events out of a text stream (the HTML standard's grammar, without `retry`).
 *
 * @typedef {{event: string, data: string}} ServerEvent
 */
export class EventParser {
  #rest = '';
  #event = '';
  /** @type {string[]} */
  #data = [];

  /**
   * @param {string} chunk any piece of the stream, cut anywhere
   * @returns {ServerEvent[]} events that became complete
   */
  feed(chunk) {
    const text = this.#rest + chunk;
    // A lone CR at the very end may be half of CRLF: wait for the next piece.
    const safe = text.endsWith('\r') ? text.length - 1 : text.length;
    const lines = text.slice(0, safe).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? '') + text.slice(safe);
    return lines.map((line) => this.#take(line)).filter((event) => event !== null);
  }

  /** @param {string} line @returns {ServerEvent | null} */
  #take(line) {
    if (line === '') return this.#finish();
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#event = value;
    if (field === 'data') this.#data.push(value);
    return null;
  }

  /** @returns {ServerEvent | null} */
  #finish() {
    const event = this.#data.length ? { event: this.#event || 'message', data: this.#data.join('\n') } : null;
    this.#event = '';
    this.#data = [];
    return event;
  }
}
