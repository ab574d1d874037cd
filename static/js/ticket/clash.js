/** Where two people changed the same: both versions side by side, to choose for each field. */

import { blank } from "../page/blank.js";
import { hear, query, queryAll } from "../page/dom.js";
import { keep } from "../forms/drafts.js";
import { fieldsOf, first, now, say, slot } from "../forms/fields.js";
import { t } from "../page/language.js";

/** A choice for each of the fields named `slots`: mine, the current value in `form`, or theirs, its initial value. */
export function choices(form, slots, who) {
  return fieldsOf(form)
    .filter((field) => slots.includes(slot(field)))
    .map((field) => choice(field, { mine: now(field), theirs: first(field) }, who));
}

function choice(field, values, who) {
  const row = blank("clash");
  query("[data-clash-name]", row).textContent = field.labels[0].firstChild.textContent;
  query("[data-clash-who]", row).textContent = who;
  for (const radio of queryAll("input", row)) {
    const value = values[radio.value];
    radio.name = `clash-${field.name}`;
    query("[data-clash-text]", radio.parentElement).textContent = valueInWords(field, value) || t("nothing");
    hear(radio, "change", () => (say(field, value), keep(field.form)));
  }
  return row;
}

const valueInWords = (field, value) => (field.options ? [...field.options].find((option) => option.value === value).text : value);
