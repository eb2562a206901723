/**
 * A server-sent event stream read with fetch, because EventSource cannot send the session's Bearer token.
 * Reconnects with growing, jittered pauses; a stream silent for longer than the server's pings allow counts as dead.
 */
import { EventParser } from './sse.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const SILENCE_MS = 75_000;

/**
 * @typedef {object} StreamHandlers
 * @property {() => void} onOpen connected, first time or again
 * @property {(event: import('./sse.js').ServerEvent) => void} onEvent
 * @property {(failures: number) => void} onDown a connection could not be made, how often in a row
 * @property {() => void} onGone the server does not know this session (401, 404)
 */
export class EventStream {
  #stop = new AbortController();
  #failures = 0;
  /** @type {() => void} */
  #wake = () => {};

  /** @param {(signal: AbortSignal) => Promise<Response>} connect @param {StreamHandlers} handlers */
  constructor(connect, handlers) {
    this.connect = connect;
    this.handlers = handlers;
  }

  /** Runs until closed. @returns {Promise<void>} */
  async run() {
    while (!this.#stop.signal.aborted) {
      const gone = await this.#once();
      if (gone || this.#stop.signal.aborted) return;
      await this.#pause();
    }
  }

  /** Tries again now instead of after the pause. */
  hurry() {
    this.#failures = 0;
    this.#wake();
  }

  close() {
    this.#stop.abort();
    this.#wake();
  }

  /** One connection, from opening to its end. @returns {Promise<boolean>} true when there is no use in another */
  async #once() {
    const link = new AbortController();
    this.#stop.signal.addEventListener('abort', () => link.abort(), { once: true });
    try {
      const response = await this.connect(link.signal);
      if (response.status === 401 || response.status === 404) {
        this.handlers.onGone();
        return true;
      }
      if (!response.ok || !response.body) throw new Error(`event stream: ${response.status}`);
      this.#failures = 0;
      this.handlers.onOpen();
      await this.#read(response.body, link);
    } catch {
      if (!this.#stop.signal.aborted) this.handlers.onDown(++this.#failures);
    } finally {
      link.abort();
    }
    return false;
  }

  /** @param {ReadableStream<Uint8Array>} body @param {AbortController} link */
  async #read(body, link) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventParser();
    for (;;) {
      const silence = setTimeout(() => link.abort(), SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return;
      parser.feed(value).forEach(this.handlers.onEvent);
    }
  }

  /** @returns {Promise<void>} */
  #pause() {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
