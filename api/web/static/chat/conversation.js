/**
 * The conversation behind the panel: session, history, sending, events. Knows nothing of the page; tells listeners.
 *
 *   history {messages}          shown before, restored now
 *   message {message}           new
 *   outgoing {entry}            being sent: sending | failed | refused
 *   delivered {entry, message}  the server has it
 *   connection {state}          online | offline | down
 *   renewed                     the earlier session had ended, a new one began
 *
 * @typedef {import('../shared/types.js').ChatMessage} ChatMessage
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('./client.js').Session} Session
 * @typedef {import('./outbox.js').Outgoing} Outgoing
 * @typedef {'online' | 'offline' | 'down'} Connection
 */
import { ApiError } from '../shared/http.js';
import { EventStream } from './event_stream.js';
import { Outbox } from './outbox.js';

const STREAM_FAILURES_TOLERATED = 2;

export class Conversation extends EventTarget {
  /** @type {Session | null} */
  #session = null;
  /** @type {EventStream | null} */
  #stream = null;
  /** @type {Set<string>} */
  #known = new Set();
  /** @type {string | null} */
  #last = null;
  /** @type {Promise<void> | null} */
  #opening = null;
  /** Events that came while a message was on its way; the answer to it may hold the same ones. @type {ChatMessage[]} */
  #waiting = [];
  #sending = false;

  /**
   * @param {import('./client.js').ChatClient} client
   * @param {import('../shared/storage.js').JsonStorage} store where session id and token are kept
   * @param {import('../shared/storage.js').JsonStorage} drafts where unsent messages are kept
   * @param {Language} lang
   */
  constructor(client, store, drafts, lang) {
    super();
    this.client = client;
    this.store = store;
    this.outbox = new Outbox(drafts);
    this.lang = lang;
  }

  /** @returns {boolean} whether an earlier session can be taken up */
  get hasStored() {
    return this.store.read() !== null;
  }

  /** Takes up the stored session or starts one; harmless when already open. @returns {Promise<void>} */
  async open() {
    try {
      await this.#ready();
    } catch (error) {
      this.#tellFailure(error);
    }
  }

  /** @returns {boolean} whether a message is on its way; the next one waits for it */
  get isBusy() {
    return this.#sending;
  }

  /** @param {string} text what the server gets @param {string} [title] what the reader sees, for a button */
  async send(text, title = text) {
    if (!this.#sending) await this.#deliver(this.outbox.add(text, title));
  }

  /** @param {Outgoing} entry a failed one; keeps its client_message_id */
  async retry(entry) {
    await this.#deliver(entry);
  }

  /** Sends again what failed for lack of a connection. */
  async retryAll() {
    this.#stream?.hurry();
    await this.open();
    if (this.#session) await this.#catchUp(this.#session);
    for (const entry of this.outbox.failed()) await this.#deliver(entry);
  }

  /** @param {Language} lang */
  async setLanguage(lang) {
    this.lang = lang;
    if (!this.#session) return;
    try {
      await this.client.setLanguage(this.#session, lang);
    } catch (error) {
      this.#tellFailure(error);
    }
  }

  /** Forgets this conversation on this device and begins another. */
  async restart() {
    this.#drop();
    this.outbox.clear();
    this.#tell('history', { messages: [] });
    await this.open();
  }

  /** @param {string} reference @returns {Promise<string>} address of the request's status page, with its token */
  async accessUrl(reference) {
    if (!this.#session) throw new ApiError(401, 'no_session', 'no session');
    return (await this.client.access(this.#session, reference)).url;
  }

  close() {
    this.#stream?.close();
  }

  /** @returns {Promise<void>} @throws {ApiError} */
  #ready() {
    this.#opening ??= this.#takeUpOrBegin().catch((error) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  async #takeUpOrBegin() {
    const stored = this.store.read();
    if (stored && (await this.#resume(stored))) return;
    await this.#begin();
    if (stored) this.#tell('renewed', {});
  }

  /** @param {Session} stored @returns {Promise<boolean>} false when the server no longer knows it */
  async #resume(stored) {
    try {
      const { messages } = await this.client.history(stored);
      this.#tell('history', { messages: messages.filter((message) => this.#isNew(message)) });
    } catch (error) {
      if (!isExpired(error)) throw error;
      this.#drop();
      return false;
    }
    this.#settle(stored);
    for (const entry of this.outbox.failed()) this.#tell('outgoing', { entry });
    return true;
  }

  async #begin() {
    const { session_id, token, messages } = await this.client.start(this.lang);
    this.#settle({ session_id, token });
    this.store.write({ session_id, token });
    messages.forEach((message) => this.#receive(message, true));
  }

  /** @param {Session} session */
  #settle(session) {
    this.#session = session;
    this.#tell('connection', { state: 'online' });
    this.#stream = new EventStream((signal) => this.client.openEvents(session, signal), {
      onOpen: () => this.#catchUp(session),
      onEvent: ({ event, data }) => event === 'message' && this.#receive(JSON.parse(data)),
      onDown: (failures) => failures >= STREAM_FAILURES_TOLERATED && this.#tell('connection', { state: 'down' }),
      onGone: () => {},
    });
    this.#stream.run();
  }

  /** What was said while the stream was away. @param {Session} session */
  async #catchUp(session) {
    try {
      const { messages } = await this.client.history(session, this.#last);
      messages.forEach((message) => this.#receive(message));
      this.#tell('connection', { state: 'online' });
    } catch (error) {
      // The next reconnection asks again.
      this.#tellFailure(error);
    }
  }

  /** @param {Outgoing} entry */
  async #deliver(entry) {
    if (this.#sending) return;
    this.#sending = true;
    this.#tell('outgoing', { entry: this.outbox.mark(entry, 'sending') });
    try {
      await this.#ready();
      const { message, replies } = await this.#post(entry);
      this.outbox.remove(entry);
      this.#tell('delivered', { entry, message: this.#isNew(message) ? message : null });
      replies.forEach((reply) => this.#receive(reply, true));
      this.#tell('connection', { state: 'online' });
    } catch (error) {
      const temporary = !(error instanceof ApiError) || error.isTemporary;
      this.#tell('outgoing', { entry: this.outbox.mark(entry, temporary ? 'failed' : 'refused'), error });
      if (!temporary) this.outbox.remove(entry);
      this.#tellFailure(error);
    } finally {
      this.#sending = false;
      this.#waiting.splice(0).forEach((message) => this.#receive(message));
    }
  }

  /** @param {Outgoing} entry */
  async #post(entry) {
    if (!this.#session) throw new ApiError(0, 'unreachable', 'no session');
    try {
      return await this.client.send(this.#session, entry.id, entry.text);
    } catch (error) {
      if (!isExpired(error)) throw error;
    }
    this.#drop();
    await this.#ready();
    this.#tell('renewed', {});
    // A button of the ended conversation means nothing to the new one; its title does.
    return this.client.send(this.#session, entry.id, entry.title);
  }

  /** @param {ChatMessage} message @param {boolean} [isAnswer] came as the answer to a message, not by the stream */
  #receive(message, isAnswer = false) {
    if (this.#sending && !isAnswer) {
      this.#waiting.push(message);
      return;
    }
    if (this.#isNew(message)) this.#tell('message', { message });
  }

  /** @param {ChatMessage} message @returns {boolean} true once for each id */
  #isNew(message) {
    if (this.#known.has(message.id)) return false;
    this.#known.add(message.id);
    this.#last = message.id;
    return true;
  }

  #drop() {
    this.#stream?.close();
    this.#stream = null;
    this.#session = null;
    this.#opening = null;
    this.#last = null;
    this.#known.clear();
    this.store.forget();
  }

  /** @param {unknown} error */
  #tellFailure(error) {
    const unanswered = error instanceof ApiError && (error.status === 0 || error.status >= 500);
    if (unanswered) this.#tell('connection', { state: navigator.onLine ? 'down' : 'offline' });
  }

  /** @param {string} name @param {object} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** @param {unknown} error @returns {boolean} */
function isExpired(error) {
  return error instanceof ApiError && (error.status === 401 || error.status === 404);
}
