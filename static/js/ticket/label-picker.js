/** Creates labels right where they are chosen. */

import { api, pathOf } from "../page/api.js";
import { blank } from "../page/blank.js";
import { hear, query, queryAll } from "../page/dom.js";
import { pressed } from "../page/keys.js";
import { fillLabel, offerFilter } from "../live/labels.js";
import { complain } from "../page/toast.js";
import { folded } from "../page/write.js";

const PLACE = "[data-label-choices]";

export const pickerHandlers = {
  "label.created": (label) => queryAll(PLACE).forEach((place) => !knows(place, label) && offer(place, label)),
};

export function startLabelPicker() {
  const add = ({ form }) => pickNewLabel(form).catch(complain);
  hear(document, "click", ({ target }) => {
    const button = target.closest("[data-label-add]");
    if (button) add(button);
  });
  hear(document, "keydown", (event) => {
    if (pressed(event) !== "Enter" || event.target.name !== "newLabel" || !event.target.value.trim()) return;
    event.preventDefault();
    add(event.target);
  });
}

/** Creates the label that is typed in `form`, if any, unless one with that name exists, and chooses it. */
export async function pickNewLabel(form) {
  const { newLabel } = form.elements;
  const name = newLabel.value.trim();
  if (!name) return;
  const place = query(PLACE, form);
  const same = (chip) => folded(chip.dataset.name) === folded(name);
  const path = pathOf(form).replace(/tickets.*/, "labels");
  const chip = [...place.children].find(same) ?? offer(place, await api.post(path, { name }));
  chip.control.checked = true;
  newLabel.value = "";
  newLabel.dispatchEvent(new Event("input", { bubbles: true }));
}

const knows = (place, { id }) => query(`[data-label="${id}"]`, place);

function offer(place, label) {
  offerFilter(label);
  const chip = fillLabel(blank("label-choice"), label);
  Object.assign(chip.control, { value: label.id, id: `field-label-${label.id}` });
  place.append(chip);
  return chip;
}
