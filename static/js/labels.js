/** Labels, wherever the page shows them. */

import { blank } from "./blank.js";
import { writeAttribute, writeData, writeText } from "./write.js";

export const labelHandlers = { "label.updated": showLabel, "label.deleted": removeLabel };

/** A new chip for a label. */
export function labelChip(label) {
  return fillLabel(blank("label"), label);
}

/** Shows a label's name and colour wherever the page has it. */
export function showLabel(label) {
  for (const chip of everywhere(label.id)) fillLabel(chip, label);
}

function removeLabel({ id }) {
  for (const chip of everywhere(id)) chip.remove();
}

/** Shows a label in its chip. */
export function fillLabel(chip, { id, name, color }) {
  writeData(chip, { label: id });
  writeText(chip.querySelector("[data-label-name]"), name);
  writeAttribute(chip.querySelector("rect"), "fill", color);
  return chip;
}

const everywhere = (id) => document.querySelectorAll(`[data-label="${CSS.escape(id)}"]`);
