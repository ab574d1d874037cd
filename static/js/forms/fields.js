/** A form's fields: the value of each now, and its initial one. */

import { query } from "../page/dom.js";

const SILENT = ["hidden", "password", "submit", "button", "fieldset"];

const isSwitch = ({ type }) => type === "checkbox" || type === "radio";

export const fieldsOf = (form) => [...form.elements].filter(({ name, type }) => name && !SILENT.includes(type));

/** A unique name for the field: switches share theirs. */
export const slot = (field) => (isSwitch(field) ? `${field.name}=${field.value}` : field.name);

export const now = (field) => (isSwitch(field) ? field.checked : field.value);

export function first(field) {
  if (isSwitch(field)) return field.defaultChecked;
  return field.options ? (query("[selected]", field) ?? field.options[0]).value : field.defaultValue;
}

export const isChanged = (field) => now(field) !== first(field);

/** Sets `value`; an option that no longer exists, such as somebody who left, stays as it was. */
export function say(field, value) {
  const before = now(field);
  field[isSwitch(field) ? "checked" : "value"] = value;
  if (now(field) !== value) field.value = before;
}
