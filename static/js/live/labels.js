/** Labels, wherever the page shows them. */

import { blank } from "../page/blank.js";
import { query } from "../page/dom.js";
import { everywhere } from "../page/everywhere.js";
import { cardOf } from "../page/places.js";
import { speak } from "../page/spoken.js";
import { writeAttribute, writeData, writeText } from "../page/write.js";

const gone = new Set();

export const labelHandlers = {
  "label.created": offerFilter,
  "label.updated": (label) => {
    for (const chip of everywhere("label", label.id)) speak(cardOf(fillLabel(chip, label)));
  },
  "label.deleted": ({ id }) => {
    gone.add(id);
    dropFrom("label", everywhere("label", id));
  },
};

/** Removes deleted labels; filters no longer use them, and hide when nothing is left. */
export function dropFrom(facet, elements) {
  for (const element of elements) {
    const card = cardOf(element);
    element.remove();
    speak(card);
  }
  const sheet = query(`[data-facet=${facet}]`);
  if (!sheet) return;
  sheet.previousElementSibling.hidden = !query("input", sheet);
  sheet.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Allows all to be shown again, for a page that is requested from here on. */
export const reviveLabels = () => gone.clear();

/** The labels that still exist: a response on its way may contain a deleted one. */
export const present = (labels) => labels.filter(({ id }) => !gone.has(id));

/** A new chip for a label. */
export const labelChip = (label) => fillLabel(blank("label"), label);

/** Adds a label to a board's filters, if it is not there yet. */
export function offerFilter(label) {
  const sheet = query("[data-facet=label]");
  if (!sheet || query(`[data-label="${label.id}"]`, sheet)) return;
  const item = fillLabel(blank("label-facet"), label);
  item.control.value = label.id;
  sheet.append(item);
  sheet.previousElementSibling.hidden = false;
}

/** Shows a label in its chip. */
export function fillLabel(chip, { id, name, color }) {
  writeData(chip, { label: id, name });
  writeText(query("[data-label-name]", chip), name);
  writeAttribute(query("rect", chip), "fill", color);
  return chip;
}
