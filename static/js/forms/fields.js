/** A form's fields: what each says now, and what it said at first. */

import { query } from "../page/dom.js";

const SILENT = ["hidden", "password", "submit", "button", "fieldset"];

const isSwitch = ({ type }) => type === "checkbox" || type === "radio";

export const fieldsOf = (form) => [...form.elements].filter(({ name, type }) => name && !SILENT.includes(type));

/** A name for the field that is its own: switches share theirs. */
export const slot = (field) => (isSwitch(field) ? `${field.name}=${field.value}` : field.name);

export const now = (field) => (isSwitch(field) ? field.checked : field.value);

export function first(field) {
  if (isSwitch(field)) return field.defaultChecked;
  return field.options ? (query("[selected]", field) ?? field.options[0]).value : field.defaultValue;
}

export const isChanged = (field) => now(field) !== first(field);

/** Writes `value`; what cannot be said any more, such as someone who left, stays as it was. */
export function say(field, value) {
  const before = now(field);
  field[isSwitch(field) ? "checked" : "value"] = value;
  if (now(field) !== value) field.value = before;
}
