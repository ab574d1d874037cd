/** Writes only what differs, so that showing the same thing again changes nothing. */

const lastWritten = new WeakMap();

/** Compares with what was written last, not with the DOM: a browser that translates the page would overwrite it in turn. */
export function writeText(element, text) {
  if (!element) return;
  const same = (lastWritten.get(element) ?? element.textContent) === text;
  lastWritten.set(element, text);
  if (!same) element.textContent = text;
}

/** A text for searching, regardless of case and composition. */
export const folded = (text) =>
  text
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .toLowerCase()
    .normalize();

/** Sets an attribute; null removes it. */
export function writeAttribute(element, name, value) {
  if (value === null) element?.removeAttribute(name);
  else if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function writeData(element, values) {
  for (const [name, value] of Object.entries(values)) {
    if (element.dataset[name] !== String(value)) element.dataset[name] = value;
  }
}
