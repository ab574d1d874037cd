/** The values of a ticket's form, and how they differ from its initial ones. */

import { fieldsOf, first, now } from "../forms/fields.js";
import { later, listed, t } from "../page/language.js";

const WORDS = {
  title: later("title"),
  description: later("description"),
  type: later("type"),
  priority: later("priority"),
  labels: later("labels"),
  estimate: later("estimate"),
  columnId: later("column"),
  rank: later("place"),
  assigneeId: later("assignee"),
  labelIds: later("labels"),
  storyPoints: later("points"),
  startDate: later("start"),
  dueDate: later("due date"),
  parentId: later("parent"),
};

const PARSERS = {
  title: (text) => text.trim(),
  description: (text) => text,
  storyPoints: (text) => (text ? Number(text) : null),
};

/** The form's initial values, of the fields that were changed, as the API expects them. */
export const changedFrom = (form) => difference(read(form, now), read(form, first));

/** The form's current values, of the same fields. */
export const changedTo = (form) => difference(read(form, first), read(form, now));

/** "title, points and labels". */
export const inWords = (fields) => listed(fields.map((field) => t(WORDS[field] ?? field)));

function read(form, value) {
  const values = {};
  for (const field of fieldsOf(form)) {
    const { name, type } = field;
    if (name === "newLabel") continue;
    if (type === "checkbox") values[name] = [...(values[name] ?? []), ...(value(field) ? [field.value] : [])].sort();
    else values[name] = name in PARSERS ? PARSERS[name](value(field)) : value(field) || null;
  }
  return values;
}

function difference(before, after) {
  const changed = Object.keys(before).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name]]));
}
