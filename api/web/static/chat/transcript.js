/**
 * The conversation as it is seen and heard. Two places: `history` is silent, `log` is a live region, so a restored or
 * redrawn conversation is never read aloud again and a new message always is.
 *
 * @typedef {import('../shared/types.js').ChatMessage} ChatMessage
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('./outbox.js').Outgoing} Outgoing
 */
import { el } from '../shared/dom.js';
import { text } from '../shared/i18n.js';
import { messageView, outgoingView } from './message_view.js';

const NEAR_END_PX = 120;
const TOP_MARGIN_PX = 12;

export class Transcript {
  /** Everything shown, in order. @type {{message?: ChatMessage, entry?: Outgoing, notice?: string, node: HTMLElement}[]} */
  #shown = [];

  /**
   * @param {() => import('./message_view.js').MessageContext} context asked anew for each message
   * @param {(entry: Outgoing) => void} retry
   */
  constructor(context, retry) {
    this.context = context;
    this.retry = retry;
    this.history = el('div', { class: 'messages', 'data-part': 'history' });
    this.log = el('div', { class: 'messages', role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', 'data-part': 'log' });
    this.typing = el('p', { class: 'typing', role: 'status', 'data-part': 'typing' });
    this.root = el('div', { class: 'transcript', role: 'region', tabindex: '0' }, this.history, this.log, this.typing);
  }

  /** @param {ChatMessage[]} messages replaces everything but what is still on its way */
  restore(messages) {
    const unsent = this.#shown.filter(({ entry }) => entry);
    this.#shown = messages.map((message) => ({ message, node: messageView(message, this.context()) }));
    this.#shown.push(...unsent);
    this.history.replaceChildren(...this.#shown.map(({ node }) => node));
    this.log.replaceChildren();
    this.#scrollToEnd();
  }

  /** @param {ChatMessage} message */
  add(message) {
    this.#append({ message, node: messageView(message, this.context()) });
  }

  /** @param {string} key string key of a line from the widget itself */
  addNotice(key) {
    this.#append({ notice: key, node: this.#noticeNode(key) });
  }

  /** @param {Outgoing} entry shown first or changed state @param {unknown} [error] */
  update(entry, error) {
    let line = this.#shown.find((item) => item.entry?.id === entry.id);
    if (!line) {
      line = { entry, node: outgoingView(entry, this.context().lang) };
      this.#append(line);
    }
    line.node.dataset.state = entry.state;
    line.node.querySelector('.delivery')?.remove();
    if (entry.state !== 'sending') line.node.append(this.#delivery(entry, error));
    this.#scrollToEnd();
  }

  /** @param {Outgoing} entry @param {ChatMessage | null} message null when it is already shown, as after a retry */
  settle(entry, message) {
    const line = this.#shown.find((item) => item.entry?.id === entry.id);
    if (!line) return;
    if (!message) {
      line.node.remove();
      this.#shown = this.#shown.filter((item) => item !== line);
      return;
    }
    line.entry = undefined;
    line.message = message;
    line.node.dataset.messageId = message.id;
    delete line.node.dataset.state;
    line.node.querySelector('.delivery')?.remove();
  }

  /** @param {boolean} isTyping */
  setTyping(isTyping) {
    this.typing.textContent = isTyping ? text(this.context().lang, 'chat.typing') : '';
    this.typing.classList.toggle('is-typing', isTyping);
    if (isTyping) this.#scrollToEnd();
  }

  /** Draws everything again, silently: the reader changed the language. */
  redraw() {
    const { lang } = this.context();
    this.root.setAttribute('aria-label', text(lang, 'chat.transcript'));
    this.log.setAttribute('aria-label', text(lang, 'chat.log'));
    this.log.replaceChildren();
    for (const line of this.#shown) {
      if (line.message) line.node = messageView(line.message, this.context());
      if (line.notice) line.node = this.#noticeNode(line.notice);
      if (line.entry) line.node = this.#outgoingNode(line.entry);
    }
    this.history.replaceChildren(...this.#shown.map(({ node }) => node));
  }

  /** @param {{message?: ChatMessage, entry?: Outgoing, notice?: string, node: HTMLElement}} line */
  #append(line) {
    const follows = this.#isNearEnd() || line.entry !== undefined;
    // What could not be sent yet stays last, next to where it was written.
    const unsent = line.entry ? -1 : this.#shown.findIndex(({ entry }) => entry);
    if (unsent < 0) {
      this.#shown.push(line);
      this.log.append(line.node);
    } else {
      this.#shown[unsent].node.before(line.node);
      this.#shown.splice(unsent, 0, line);
    }
    if (follows) this.#showTurn();
  }

  /** @param {Outgoing} entry */
  #outgoingNode(entry) {
    const node = outgoingView(entry, this.context().lang);
    node.dataset.state = entry.state;
    if (entry.state !== 'sending') node.append(this.#delivery(entry));
    return node;
  }

  /** @param {Outgoing} entry @param {unknown} [error] @returns {HTMLElement} */
  #delivery(entry, error) {
    const { lang } = this.context();
    const wait = /** @type {any} */ (error)?.retryAfter;
    const why = wait ? text(lang, 'chat.too_fast', { seconds: wait }) : text(lang, `chat.${entry.state}`);
    const again = entry.state === 'failed' && el(
      'button', { type: 'button', class: 'text-button', 'data-action': 'retry', onclick: () => this.retry(entry) }, text(lang, 'chat.retry'),
    );
    return el('p', { class: 'delivery' }, why, ' ', again);
  }

  /** @param {string} key @returns {HTMLElement} */
  #noticeNode(key) {
    return el('p', { class: 'widget-notice', 'data-notice': key }, text(this.context().lang, key));
  }

  #isNearEnd() {
    return this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < NEAR_END_PX;
  }

  /** Down to the end, but no further than the question: long answers are read from their beginning. */
  #showTurn() {
    const isQuestion = (/** @type {{node: HTMLElement}} */ { node }) => node.dataset.role === 'user';
    const { node } = this.#shown.findLast(isQuestion) ?? this.#shown[this.#shown.length - 1];
    this.root.scrollTop = node.offsetTop - TOP_MARGIN_PX;
  }

  #scrollToEnd() {
    this.root.scrollTop = this.root.scrollHeight;
  }
}
