/** Fills a card's markup with what a ticket says. */

import { dueState, dueText } from "./due.js";
import { fillLabel, labelChip } from "./labels.js";
import { writeAttribute, writeData, writeText } from "./write.js";

export function fillCard(card, ticket, people) {
  const { id, rank, version, number } = ticket;
  writeData(card, { ticket: id, rank, version, number });
  for (const [field, fill] of Object.entries(FIELDS)) fill(card.querySelector(`[data-field="${field}"]`), ticket, people);
}

const FIELDS = {
  key: (place, { key }) => writeText(place, key),
  type: (place, { type }) => writeText(place, type),
  priority: (place, { priority }) => writeText(place, priority),
  title: (place, { title }) => writeText(place, title),
  labels: (place, { labels }) => fillLabels(place, labels),
  due: (place, { dueDate }) => fillDue(place, dueDate),
  points: (place, { storyPoints }) => writeOptional(place, storyPoints),
  assignee: (place, { assigneeId }, people) => fillAssignee(place, assigneeId, people),
};

function fillLabels(place, labels) {
  const chips = [...place.querySelectorAll("[data-label]")];
  writeAttribute(place, "hidden", labels.length ? null : "");
  if (String(chips.map((chip) => chip.dataset.label)) === String(labels.map(({ id }) => id))) chips.forEach((chip, at) => fillLabel(chip, labels[at]));
  else place.replaceChildren(...labels.map(labelChip));
}

function fillDue(place, dueDate) {
  writeOptional(place, dueDate && dueText(dueDate));
  writeAttribute(place, "data-due", dueDate && dueState(dueDate));
}

function fillAssignee(place, id, people) {
  writeAttribute(place, "hidden", id ? null : "");
  if ((place.querySelector("[data-user]")?.dataset.user ?? null) !== id) place.replaceChildren(...(id ? [people.avatar(id)] : []));
}

function writeOptional(place, value) {
  writeText(place, String(value ?? ""));
  writeAttribute(place, "hidden", value === null ? "" : null);
}
