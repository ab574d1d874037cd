/** The values of a ticket's form, and how they differ from its initial ones. */

import { listed } from "../page/announcer.js";
import { fieldsOf, first, now } from "../forms/fields.js";

const WORDS = {
  columnId: "column",
  rank: "place",
  assigneeId: "assignee",
  labelIds: "labels",
  storyPoints: "points",
  startDate: "start",
  dueDate: "due date",
  parentId: "parent",
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
export const inWords = (fields) => listed(fields.map((field) => WORDS[field] ?? field));

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
