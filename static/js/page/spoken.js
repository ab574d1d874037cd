/** A card's text for screen readers: off screen its fields have no text in the accessibility tree, but this has. */

import { query, queryAll } from "./dom.js";
import { keyOf } from "./places.js";
import { writeAttribute } from "./write.js";

/** Updates it from the fields of a card. */
export function speak(card) {
  if (!card) return;
  const { type, title, priority } = card.dataset;
  const text = (name) => query(`[data-field=${name}]`, card).textContent;
  const labels = queryAll("[data-label]", card).map(({ dataset }) => dataset.name);
  const assignee = query("[data-field=assignee] [data-user]", card)?.getAttribute("title");
  const parts = [
    keyOf(card),
    type,
    title,
    `${priority} priority`,
    labels[0] && `labels ${labels.join(", ")}`,
    text("due") && `due ${text("due")}`,
    text("points") && `${text("points")} points`,
    assignee && `assigned to ${assignee}`,
  ];
  writeAttribute(card, "aria-label", parts.filter(Boolean).join(", "));
}
