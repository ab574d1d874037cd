/** Puts the server's complaints beside the fields they are about. */

import { create, query } from "./dom.js";

/** Shows each {field, message} at its field in `form`; returns the messages that found no place. */
export function showErrors(form, details) {
  const lost = details.filter(({ field, message }) => !mark(form.elements[field], message));
  query("[aria-invalid=true]", form)?.focus();
  return lost.map(({ message }) => message);
}

/** Takes the complaint away from a field that is being corrected. */
export function clearError(field) {
  if (!field.ariaInvalid) return;
  field.ariaInvalid = null;
  query("[data-field-error]", field.parentElement)?.remove();
}

function mark(field, message) {
  if (!(field instanceof HTMLElement)) return false;
  clearError(field);
  const words = create("p", { id: `${field.id}-error`, className: "field__error", textContent: message });
  words.dataset.fieldError = "";
  field.after(words);
  field.ariaInvalid = "true";
  field.setAttribute("aria-errormessage", words.id);
  field.closest("details")?.setAttribute("open", "");
  return true;
}
