/**
 * What the desk has confirmed, newest first, with a way to take each back.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('./desk_api.js').Lesson} Lesson
 * @typedef {import('./desk_api.js').ClauseName} ClauseName
 */
import { dateWords } from '../shared/dates.js';
import { el } from '../shared/dom.js';
import { failureWords } from '../shared/failure.js';
import { LANGUAGE_TAGS, pick, text } from '../shared/i18n.js';

const STATES = ['active', 'needs_review', 'overruled', 'withdrawn'];
const COLUMNS = ['lesson.question', 'lesson.answer', 'lesson.state', 'lesson.by', 'lesson.change'];

export class LessonsView {
  /** @type {Lesson[]} */
  #lessons = [];
  /** @type {string | null} */
  #next = null;
  /** @type {Map<string, ClauseName>} */
  #names = new Map();
  #wanted = '';
  /** @type {Language} */
  #lang = 'zh';

  /** @param {import('./desk_api.js').DeskApi} api */
  constructor(api) {
    this.api = api;
    this.head = el('div', { class: 'list-head' });
    this.state = el('p', { role: 'status', class: 'hint', tabindex: '-1' });
    this.table = el('div', { class: 'list-table' });
    this.more = el('button', { type: 'button', class: 'button', hidden: true, 'data-action': 'more', onclick: () => void this.#load(this.#next) });
    this.root = el('div', { class: 'list', 'data-part': 'lessons' }, this.head, this.state, this.table, this.more);
  }

  /** Shows the list as it is now. @param {Language} lang */
  async show(lang) {
    this.#lang = lang;
    this.head.replaceChildren(el('div', {}, el('h1', {}, text(lang, 'lesson.title')), el('p', { class: 'hint' }, text(lang, 'lesson.lead'))), this.#choice());
    this.more.textContent = text(lang, 'list.more');
    await this.#load(null);
  }

  /** @param {string | null} cursor null starts anew */
  async #load(cursor) {
    try {
      const [page, names] = await Promise.all([this.api.lessons({ state: this.#wanted, cursor }), this.api.clauseNames()]);
      this.#names = names;
      this.#lessons = cursor ? [...this.#lessons, ...page.lessons] : page.lessons;
      this.#next = page.next_cursor;
      const count = this.#lessons.length;
      this.state.textContent = count ? text(this.#lang, 'lesson.count', { count }) : text(this.#lang, 'lesson.empty');
      this.#draw();
    } catch (error) {
      this.state.textContent = failureWords(error, this.#lang);
    }
  }

  #draw() {
    const heads = COLUMNS.map((key) => el('th', { scope: 'col' }, text(this.#lang, key)));
    const lines = this.#lessons.map((lesson) => this.#line(lesson));
    this.table.replaceChildren(...(lines.length ? [el('table', { class: 'requests lessons' }, el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...lines))] : []));
    this.more.hidden = this.#next === null;
  }

  /** @param {Lesson} lesson */
  #line(lesson) {
    const lang = this.#lang;
    const by = [text(lang, 'lesson.confirmed.by', { name: lesson.confirmed_by, date: dateWords(lesson.confirmed_at, lang) })];
    if (lesson.withdrawn_at) by.push(text(lang, 'lesson.withdrawn.by', { name: lesson.withdrawn_by ?? '', date: dateWords(lesson.withdrawn_at, lang) }));
    const withdraw = el(
      'button',
      { type: 'button', class: 'text-button', 'data-action': 'withdraw-lesson', 'aria-label': text(lang, 'lesson.withdraw.this', { question: lesson.question }), onclick: () => void this.#withdraw(lesson) },
      text(lang, 'lesson.withdraw'),
    );
    return el(
      'tr', { 'data-lesson-id': lesson.id, 'data-state': lesson.state },
      this.#cell('lesson.question', el('span', { lang: LANGUAGE_TAGS[lesson.lang] }, lesson.question)),
      this.#cell('lesson.answer', ...this.#answer(lesson)),
      this.#cell('lesson.state', text(lang, `lesson.is.${lesson.state}`)),
      this.#cell('lesson.by', ...by.map((words) => el('div', {}, words))),
      this.#cell('lesson.change', lesson.state !== 'withdrawn' && withdraw),
    );
  }

  /** @param {Lesson} lesson @returns {HTMLElement[]} */
  #answer(lesson) {
    if (!lesson.clause_ids.length) return [el('span', {}, text(this.#lang, 'lesson.none'))];
    return lesson.clause_ids.map((id) => el('div', {}, el(
      'a', { href: `/policy#clause-${id}`, target: '_blank', rel: 'noopener' }, pick(this.#names.get(id)?.label, this.#lang) || id,
    )));
  }

  /** @param {Lesson} lesson */
  async #withdraw(lesson) {
    try {
      await this.api.withdrawLesson(lesson.id);
      // Another lesson about the same words may count again, so the whole list is asked for.
      await this.#load(null);
      this.state.textContent = text(this.#lang, 'lesson.withdrawn', { question: lesson.question });
    } catch (error) {
      this.state.textContent = failureWords(error, this.#lang);
    }
    this.state.focus();
  }

  #choice() {
    const select = /** @type {HTMLSelectElement} */ (el(
      'select', { id: 'filter-lessons', name: 'state' },
      el('option', { value: '' }, text(this.#lang, 'list.all')),
      ...STATES.map((value) => el('option', { value, selected: value === this.#wanted }, text(this.#lang, `lesson.is.${value}`))),
    ));
    select.addEventListener('change', () => {
      this.#wanted = select.value;
      void this.#load(null);
    });
    return el('div', { class: 'filter' }, el('label', { for: select.id }, text(this.#lang, 'lesson.state')), select);
  }

  /** On a narrow screen the row becomes a card and each value carries its column's name. */
  #cell(/** @type {string} */ key, /** @type {(string | HTMLElement | false)[]} */ ...values) {
    return el('td', {}, el('span', { class: 'cell-name', 'aria-hidden': 'true' }, text(this.#lang, key)), el('div', {}, ...values));
  }
}
