/** The page in few words. */

export const query = (selector, root = document) => root.querySelector(selector);
export const queryAll = (selector, root = document) => [...root.querySelectorAll(selector)];
export const byId = (id) => document.getElementById(id);
export const hear = (target, ...rest) => target.addEventListener(...rest);
export const boxOf = (element) => element.getBoundingClientRect();
export const focused = () => document.activeElement;

/** Gives an element the focus, if there is one, and scrolls nothing. */
export const focusInPlace = (element) => element?.focus({ preventScroll: true });

/** How many pixels on the screen a pixel of style is within an element: more or less than one where a page is zoomed by style. */
export function zoomOf(element) {
  const ruler = create("i", { style: "position: absolute; width: 1000px" });
  element.append(ruler);
  const { width } = boxOf(ruler);
  ruler.remove();
  return width / 1000;
}

/** A new element with these properties. */
export const create = (tag, properties) => Object.assign(document.createElement(tag), properties);

/** Whether a key is held that makes a click mean something else. */
export const isModified = ({ ctrlKey, metaKey, shiftKey, altKey }) => ctrlKey || metaKey || shiftKey || altKey;

/** Keeps an event from the browser and from all others. */
export function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

/** Calls `onChange(records)` when elements below `root` come and go, or their `attributes` change. */
export function watch(root, attributes, onChange) {
  new MutationObserver(onChange).observe(root, { subtree: true, childList: true, attributeFilter: attributes });
}
