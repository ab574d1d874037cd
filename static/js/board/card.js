/** Fills a card's markup with a ticket's data. */

import { query, queryAll } from "../page/dom.js";
import { dueState, dueText } from "./due.js";
import { fillLabel, labelChip, present } from "../live/labels.js";
import { avatarOf } from "../live/people.js";
import { cardOf, panelOf } from "../page/places.js";
import { speak } from "../page/spoken.js";
import { writeAttribute, writeData, writeText } from "../page/write.js";
import { t, translated } from "../page/language.js";

export function fillCard(card, ticket) {
  const { id, rank, version, number, type, priority, title } = ticket;
  card.id = `card-${id}`;
  writeData(card, { ticket: id, rank, version, number, type, priority, title });
  for (const [field, fill] of Object.entries(FILLED)) fill(query(`[data-field="${field}"]`, card), ticket);
  speak(card);
  writeAttribute(query("[data-act=menu]", card), "aria-label", t("Actions for %(key)s", { key: ticket.key }));
  for (const icon of queryAll("[data-icon]", card)) fillIcon(icon, ticket);
}

const inWordsOf = (name) => (place, ticket) => writeText(place, translated(ticket[name]));
const plain = (name) => (place, ticket) => writeText(place, ticket[name]);

const FILLED = {
  key: plain("key"),
  type: inWordsOf("type"),
  priority: inWordsOf("priority"),
  title: fillTitle,
  labels: fillLabels,
  due: (place, { dueDate, columnId }) => showDue(place, dueDate, panelOf(columnId)?.matches("[data-done]")),
  points: (place, { storyPoints }) => writeOptional(place, storyPoints),
  assignee: fillAssignee,
};

function fillTitle(link, { title, number }) {
  writeText(link, title);
  writeAttribute(link, "href", link.getAttribute("href").replace(/[^/]*$/, number));
}

function fillLabels(place, ticket) {
  const labels = present(ticket.labels);
  const chips = [...place.children];
  const same = String(chips.map((chip) => chip.dataset.label)) === String(labels.map(({ id }) => id));
  if (same) chips.forEach((chip, at) => fillLabel(chip, labels[at]));
  else place.replaceChildren(...labels.map(labelChip));
  reveal(place, labels.length);
}

function showDue(place, dueDate, done) {
  writeOptional(place, dueDate && dueText(dueDate, done));
  writeAttribute(place, "datetime", dueDate);
  writeAttribute(place, "data-due", dueDate && dueState(dueDate, done));
}

/** Updates the due dates on all cards: another day has begun. */
export function showDuesAgain() {
  for (const place of queryAll("[data-ticket] time[datetime]")) {
    const card = cardOf(place);
    showDue(place, place.dateTime, card.closest("[data-done]"));
    speak(card);
  }
}

function fillAssignee(place, { assigneeId }) {
  const shown = place.firstElementChild?.dataset.user ?? null;
  if (shown !== assigneeId) place.replaceChildren(...(assigneeId ? [avatarOf(assigneeId)] : []));
  reveal(place, assigneeId);
}

function fillIcon(use, ticket) {
  const name = use.dataset.icon;
  writeAttribute(use, "href", use.getAttribute("href").replace(/#.*/, `#${name}-${ticket[name].toLowerCase()}`));
}

function writeOptional(place, value) {
  writeText(place, String(value ?? ""));
  reveal(place, value !== null);
}

function reveal(place, wanted) {
  place.toggleAttribute("hidden", !wanted);
}
