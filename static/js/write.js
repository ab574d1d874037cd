/** Writes to the page only what differs, so that showing the same thing again changes nothing. */

export function writeText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/** Sets an attribute; null, undefined and false take it away. */
export function writeAttribute(element, name, value) {
  if (!element) return;
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

export function writeData(element, values) {
  for (const [name, value] of Object.entries(values)) {
    if (element.dataset[name] !== String(value)) element.dataset[name] = value;
  }
}
