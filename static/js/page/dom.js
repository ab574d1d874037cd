/** Short helpers for the DOM. */

export const query = (selector, root = document) => root.querySelector(selector);
export const queryAll = (selector, root = document) => [...root.querySelectorAll(selector)];
export const byId = (id) => document.getElementById(id);
export const hear = (target, ...rest) => target.addEventListener(...rest);
export const boxOf = (element) => element.getBoundingClientRect();
export const focused = () => document.activeElement;

/** Focuses an element, if there is one, without scrolling. */
export const focusInPlace = (element) => element?.focus({ preventScroll: true });

/** How many screen pixels a CSS pixel is within an element: not one where a page is zoomed by a style. */
export function zoomOf(element) {
  const ruler = create("i", { style: "position: absolute; width: 1000px" });
  element.append(ruler);
  const { width } = boxOf(ruler);
  ruler.remove();
  return width / 1000;
}

/** A new element with these properties. */
export const create = (tag, properties) => Object.assign(document.createElement(tag), properties);

/** Whether a modifier key is held that changes the meaning of a click. */
export const isModified = ({ ctrlKey, metaKey, shiftKey, altKey }) => ctrlKey || metaKey || shiftKey || altKey;

/** Stops an event for the browser and for all other listeners. */
export function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

/** Calls `onChange(records)` when elements below `root` are added or removed, or their `attributes` change. */
export function watch(root, attributes, onChange) {
  new MutationObserver(onChange).observe(root, { subtree: true, childList: true, attributeFilter: attributes });
}
