import { el } from './dom.js';

/**
 * @param {string} words
 * @param {number[][]} ranges [start, end] counted in characters (code points), as the server counts them
 * @returns {Node[]} text nodes and <mark> elements that together spell `words`
 */
export function highlighted(words, ranges) {
  // The server counts code points, JavaScript UTF-16 units; they differ beyond the basic plane.
  const characters = Array.from(words);
  /** @type {Node[]} */
  const nodes = [];
  let at = 0;
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const from = Math.max(start, at);
    if (end <= from) continue;
    if (from > at) nodes.push(document.createTextNode(characters.slice(at, from).join('')));
    nodes.push(el('mark', {}, characters.slice(from, end).join('')));
    at = end;
  }
  if (at < characters.length) nodes.push(document.createTextNode(characters.slice(at).join('')));
  return nodes;
}
