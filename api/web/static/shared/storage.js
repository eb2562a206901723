/**
 * Web storage that may be switched off, full or holding another version's data: none of it may stop the page.
 */
export class JsonStorage {
  /** @param {() => Storage} area asked each time, because merely touching storage can throw @param {string} key */
  constructor(area, key) {
    this.area = area;
    this.key = key;
  }

  /** @returns {any} null when absent or unreadable */
  read() {
    try {
      return JSON.parse(this.area().getItem(this.key) ?? 'null');
    } catch {
      return null;
    }
  }

  /** @param {unknown} value */
  write(value) {
    try {
      this.area().setItem(this.key, JSON.stringify(value));
    } catch {
      // Private browsing: the page then works until it is left.
    }
  }

  forget() {
    try {
      this.area().removeItem(this.key);
    } catch {
      // As above.
    }
  }
}

/** @param {string} key @returns {JsonStorage} */
export function lasting(key) {
  return new JsonStorage(() => window.localStorage, key);
}

/** @param {string} key @returns {JsonStorage} */
export function thisTab(key) {
  return new JsonStorage(() => window.sessionStorage, key);
}
