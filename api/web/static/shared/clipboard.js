/**
 * @param {string} words
 * @returns {Promise<boolean>} false when the browser allows neither way
 */
export async function copyText(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return copyBySelection(words);
  }
}

/** Plain-HTTP pages have no clipboard object. @param {string} words @returns {boolean} */
function copyBySelection(words) {
  const area = document.createElement('textarea');
  area.value = words;
  area.setAttribute('readonly', '');
  area.setAttribute('class', 'visually-hidden');
  document.body.append(area);
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  focused?.focus();
  return copied;
}
