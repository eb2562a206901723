/**
 * Parts of the page's own address.
 *
 * @param {string} part of a path or fragment, percent-encoded
 * @returns {string} decoded, or as it stands when it is not valid: an address is typed by hand, too
 */
export function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
