/**
 * Controls by which an agent confirms what answers a question, or takes that back.
 *
 * @typedef {import('../shared/types.js').Language} Language
 * @typedef {import('./desk_api.js').AppliedLesson} AppliedLesson
 * @typedef {import('./desk_api.js').ClauseName} ClauseName
 * @typedef {(clauseIds: string[]) => void} Teach no ids: the policy does not answer
 */
import { el } from '../shared/dom.js';
import { pick, text } from '../shared/i18n.js';

const MOST_CLAUSES = 3;

/** @param {AppliedLesson | null} lesson @returns {string[]} the clauses confirmed for these very words */
function confirmed(lesson) {
  return lesson?.same_wording ? lesson.clause_ids : [];
}

/**
 * Says beside the verdict that the desk had a say in it.
 * @param {AppliedLesson | null} lesson @param {Language} lang @param {() => void} withdraw
 * @returns {HTMLElement | null}
 */
export function lessonNote(lesson, lang, withdraw) {
  if (!lesson) return null;
  return el(
    'p', { class: 'lesson-note', 'data-lesson-id': lesson.id, 'data-same-wording': String(lesson.same_wording) },
    lesson.same_wording ? text(lang, 'lesson.applied.same') : text(lang, 'lesson.applied.similar'), ' ',
    el('button', { type: 'button', class: 'text-button', 'data-action': 'withdraw-lesson', onclick: withdraw }, text(lang, 'lesson.withdraw')),
  );
}

/**
 * "This answers it" at a clause; a mark where it was confirmed already.
 * @param {string} clauseId @param {AppliedLesson | null} lesson @param {Language} lang @param {Teach} teach
 * @returns {HTMLElement | null}
 */
export function teachButton(clauseId, lesson, lang, teach) {
  const known = confirmed(lesson);
  if (known.includes(clauseId)) return el('span', { class: 'lesson-mark' }, text(lang, 'lesson.confirmed'));
  if (known.length >= MOST_CLAUSES) return null;
  const attributes = { type: 'button', class: 'text-button', 'data-action': 'teach', 'data-lesson-clause': clauseId };
  return el(
    'button', { ...attributes, onclick: () => teach([...known, clauseId]) },
    known.length ? text(lang, 'lesson.also') : text(lang, 'lesson.this'),
  );
}

/**
 * "The policy does not say", for what no clause answers; nothing where that was confirmed already.
 * @param {AppliedLesson | null} lesson @param {Language} lang @param {Teach} teach
 * @returns {HTMLElement | null}
 */
export function noneButton(lesson, lang, teach) {
  if (lesson?.same_wording && !lesson.clause_ids.length) return null;
  return el('button', { type: 'button', class: 'text-button', 'data-action': 'teach-none', onclick: () => teach([]) }, text(lang, 'lesson.none.confirm'));
}

/**
 * A clause that answers although the search did not find it.
 * @param {Promise<Map<string, ClauseName>>} names @param {AppliedLesson | null} lesson @param {Language} lang @param {Teach} teach
 * @returns {HTMLElement}
 */
export function otherAnswers(names, lesson, lang, teach) {
  const select = /** @type {HTMLSelectElement} */ (el('select', { id: 'lesson-clause' }, el('option', { value: '' }, text(lang, 'lesson.choose'))));
  const known = confirmed(lesson);
  const choose = (/** @type {string[]} */ before) => (select.value ? teach([...new Set([...before, select.value])]) : select.focus());
  const form = el(
    'form', { class: 'lesson-other', 'data-part': 'other-answers', 'aria-labelledby': 'lesson-other-title' },
    el('h2', { id: 'lesson-other-title' }, text(lang, 'lesson.other')),
    el('label', { for: 'lesson-clause' }, text(lang, 'lesson.clause')),
    el(
      'div', { class: 'lesson-choice' }, select,
      el('button', { type: 'submit', class: 'button', 'data-action': 'teach-other' }, text(lang, 'lesson.this')),
      known.length > 0 && known.length < MOST_CLAUSES
        && el('button', { type: 'button', class: 'button', 'data-action': 'teach-also', onclick: () => choose(known) }, text(lang, 'lesson.also')),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    choose([]);
  });
  names.then(
    (known) => select.append(...[...known].map(([id, name]) => el('option', { value: id }, `${pick(name.label, lang)} ${pick(name.heading, lang)}`))),
    () => form.querySelector('.lesson-choice')?.replaceChildren(el('p', { class: 'form-error' }, text(lang, 'lesson.no_clauses'))),
  );
  return form;
}
