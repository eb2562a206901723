/**
 * Building nodes without markup strings: data only ever becomes text nodes and attribute values.
 */

/**
 * @typedef {Node | string | null | undefined | false} Child
 * @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Attributes
 */

/**
 * @param {string} tag
 * @param {Attributes} [attributes] `on<event>` functions become listeners; true is an empty attribute; false, null and
 *   undefined are left out.
 * @param {...Child} children strings become text nodes
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children.filter(isPresent));
  return element;
}

/**
 * @param {string} tag an SVG element name
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setAttributes(element, attributes);
  element.append(...children.filter(isPresent));
  return element;
}

/**
 * @param {string} text paragraphs separated by an empty line
 * @returns {HTMLElement[]} one <p> a paragraph
 */
export function paragraphs(text) {
  return text.split(/\n\s*\n/).filter((part) => part.trim()).map((part) => el('p', {}, part));
}

/** @param {Element} element @param {Attributes} attributes */
function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
}

/** @param {Child} child @returns {child is Node | string} */
function isPresent(child) {
  return child !== null && child !== undefined && child !== false;
}
