/** What a ticket's form says, what it said at first, and how that differs from a ticket. */

const NOT_FIELDS = ["version", "newLabel", ""];
const WORDS = {
  columnId: "column",
  assigneeId: "assignee",
  labelIds: "labels",
  storyPoints: "story points",
  startDate: "start date",
  dueDate: "due date",
  parentId: "parent",
};

/** The fields that were changed in the form, as the API takes them. */
export function changesIn(form) {
  return difference(readForm(form, first), readForm(form, now));
}

/** The names of the fields in which `ticket` differs from what the form said at first. */
export function changedMeanwhile(form, ticket) {
  const theirs = { ...ticket, description: lines(ticket.description ?? ""), labelIds: ticket.labels.map(({ id }) => id).sort() };
  return Object.keys(difference(readForm(form, first), theirs));
}

/** "title, story points and labels". */
export function inWords(fields) {
  const words = fields.map((field) => WORDS[field] ?? field);
  const last = words.pop();
  return words.length ? `${words.join(", ")} and ${last}` : last;
}

const first = {
  isOn: (field) => field.defaultChecked,
  value: (field) => (field.options ? ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value : field.defaultValue),
};

const now = {
  isOn: (field) => field.checked,
  value: (field) => field.value,
};

const PARSERS = {
  title: (text) => text.trim(),
  description: lines,
  storyPoints: (text) => (text === "" || Number.isNaN(Number(text)) ? text || null : Number(text)),
};

function readForm(form, { isOn, value }) {
  const values = {};
  for (const field of form.elements) {
    const { name, type } = field;
    if (NOT_FIELDS.includes(name) || type === "submit" || field.matches("fieldset, output")) continue;
    if (type === "checkbox") values[name] = [...(values[name] ?? []), ...(isOn(field) ? [field.value] : [])].sort();
    else if (type !== "radio" || isOn(field)) values[name] = parse(name, value(field));
  }
  return values;
}

function parse(name, text) {
  return name in PARSERS ? PARSERS[name](text) : text || null;
}

function difference(before, after) {
  const changed = Object.keys(before).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name]]));
}

function lines(text) {
  return text.replaceAll("\r\n", "\n");
}
