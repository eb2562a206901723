/**
 * The Idempotency-Key of one filled-in form: kept over retries of the same words, new once they are changed, because the
 * server refuses the same key with another body.
 */
import { uuid } from '../shared/uuid.js';

export class SubmissionKey {
  #body = '';
  #key = '';

  /** @param {unknown} body @returns {string} */
  for(body) {
    const words = JSON.stringify(body);
    if (words !== this.#body || !this.#key) {
      this.#body = words;
      this.#key = uuid();
    }
    return this.#key;
  }

  /** The request is filed: the same words again would be another request. */
  forget() {
    this.#key = '';
  }
}
