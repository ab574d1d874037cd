/** Makes labels right where they are chosen. */

import { api } from "./api.js";
import { blank } from "./blank.js";
import { showErrors } from "./field-errors.js";
import { fillLabel } from "./labels.js";
import { toast } from "./toast.js";

const PLACE = "[data-label-choices]";

export const pickerHandlers = {
  "label.created": (label) => document.querySelectorAll(PLACE).forEach((place) => offer(place, label)),
};

export function startLabelPicker() {
  document.addEventListener("click", ({ target }) => add(target.closest("[data-label-add]")?.form));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.name !== "newLabel" || !event.target.value.trim()) return;
    event.preventDefault();
    add(event.target.form);
  });
}

/** Makes the label that is typed in `form`, if any, unless there is one of that name, and chooses it. */
export async function pickNewLabel(form) {
  const { newLabel } = form.elements;
  const name = newLabel.value.trim();
  if (!name) return;
  const path = `/api${form.getAttribute("action").replace(/tickets.*/, "labels")}`;
  const known = (await api.get(path)).find((label) => label.name.toLowerCase() === name.toLowerCase());
  const box = offer(form.querySelector(PLACE), known ?? (await api.post(path, { name })));
  box.checked = true;
  newLabel.value = "";
  newLabel.dispatchEvent(new Event("input", { bubbles: true }));
}

function add(form) {
  if (!form) return;
  form.elements.newLabel.focus();
  pickNewLabel(form).catch(({ message, details = [] }) => {
    if (!details.length) toast(message);
    showErrors(form, details.map((detail) => ({ ...detail, field: "newLabel" })));
  });
}

function offer(place, label) {
  const known = place.querySelector(`[data-label="${label.id}"]`);
  const chip = known ?? fillLabel(blank("label-choice"), label);
  const box = chip.querySelector("input");
  if (!known) Object.assign(box, { value: label.id, id: `field-label-${label.id}` });
  place.append(...(known ? [] : [chip]));
  return box;
}
