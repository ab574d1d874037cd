/** Fills a card's markup with what a ticket says. */

import { dueState, dueText } from "./due.js";
import { labelChip } from "./labels.js";
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
