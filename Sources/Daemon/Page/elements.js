// Finds the page's elements, and makes new ones. What comes from the server only ever becomes text or an attribute's
// value, never markup.

/** The page's elements by their ids. */
export const page = Object.fromEntries([...document.querySelectorAll("[id]")].map((element) => [element.id, element]));

/** A new HTML element with attributes and children, which are elements or text. */
export const html = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
/** The same of SVG. */
export const svg = (name, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
function fill(element, attributes = {}, children) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
/** Sets text only where it differs, so that live regions speak once. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
