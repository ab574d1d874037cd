/** Labels, wherever the page shows them. */

import { blank } from "./blank.js";
import { query } from "./dom.js";
import { everywhere } from "./everywhere.js";
import { writeAttribute, writeData, writeText } from "./write.js";

const gone = new Set();

export const labelHandlers = {
  "label.created": offerFilter,
  "label.updated": (label) => everywhere("label", label.id).forEach((chip) => fillLabel(chip, label)),
  "label.deleted": ({ id }) => {
    gone.add(id);
    dropFrom("label", everywhere("label", id));
  },
};

/** Takes away what is there no more; a facet of the filters asks for it no longer, and hides when nothing is left. */
export function dropFrom(facet, elements) {
  for (const element of elements) element.remove();
  const sheet = query(`[data-facet=${facet}]`);
  if (!sheet) return;
  sheet.previousElementSibling.hidden = !query("input", sheet);
  sheet.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The labels that are still there: an answer that was under way may name one that is gone. */
export const present = (labels) => labels.filter(({ id }) => !gone.has(id));

/** A new chip for a label. */
export const labelChip = (label) => fillLabel(blank("label"), label);

/** Offers a label among the filters of a board, where it is not yet. */
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
  writeData(chip, { label: id });
  writeText(query("[data-label-name]", chip), name);
  writeAttribute(query("rect", chip), "fill", color);
  return chip;
}
