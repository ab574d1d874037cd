/** What a ticket's form says, what it said at first, and how that differs from a ticket. */

const WORDS = {
  assigneeId: "assignee",
  labelIds: "labels",
  storyPoints: "points",
  startDate: "start",
  dueDate: "due date",
  parentId: "parent",
};
const SKIPPED = ["hidden", "submit", "fieldset"];

/** The fields that were changed in the form, as the API takes them. */
export const changesIn = (form) => difference(read(form, FIRST), read(form, NOW));

/** The names of the fields in which `ticket` differs from what the form said at first. */
export function changedMeanwhile(form, ticket) {
  return Object.keys(difference(read(form, FIRST), { ...ticket, labelIds: ticket.labels.map(({ id }) => id).sort() }));
}

/** "title, points and labels". */
export function inWords(fields) {
  return new Intl.ListFormat("en").format(fields.map((field) => WORDS[field] ?? field));
}

const NOW = { isOn: (field) => field.checked, text: (field) => field.value };

const FIRST = {
  isOn: (field) => field.defaultChecked,
  text: (field) => (field.options ? (field.querySelector("[selected]") ?? field.options[0]).value : field.defaultValue),
};

const PARSERS = {
  title: (text) => text.trim(),
  description: (text) => text,
  storyPoints: (text) => (text ? Number(text) : null),
};

function read(form, { isOn, text }) {
  const values = {};
  for (const field of form.elements) {
    const { name, type, value } = field;
    if (SKIPPED.includes(type) || name === "newLabel") continue;
    if (type === "checkbox") values[name] = [...(values[name] ?? []), ...(isOn(field) ? [value] : [])].sort();
    else values[name] = name in PARSERS ? PARSERS[name](text(field)) : text(field) || null;
  }
  return values;
}

function difference(before, after) {
  const changed = Object.keys(before).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name]]));
}
