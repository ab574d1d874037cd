/** A card's text for screen readers: off screen its fields have no text in the accessibility tree, but this has. */

import { query, queryAll } from "./dom.js";
import { keyOf } from "./places.js";
import { writeAttribute } from "./write.js";
import { plural, t, translated } from "./language.js";

/** Updates it from the fields of a card. */
export function speak(card) {
  if (!card) return;
  const { type, title, priority } = card.dataset;
  const text = (name) => query(`[data-field=${name}]`, card).textContent;
  const labels = queryAll("[data-label]", card).map(({ dataset }) => dataset.name);
  const assignee = query("[data-field=assignee] [data-user]", card)?.getAttribute("title");
  const parts = [
    keyOf(card),
    translated(type),
    title,
    t("%(priority)s priority", { priority: translated(priority) }),
    labels[0] && t("labels %(names)s", { names: labels.join(", ") }),
    text("due") && t("due %(day)s", { day: text("due") }),
    text("points") && plural("%(num)s point", "%(num)s points", Number(text("points"))),
    assignee && t("assigned to %(person)s", { person: assignee }),
  ];
  writeAttribute(card, "aria-label", parts.filter(Boolean).join(", "));
}
