/** Shows the server's error messages at their fields. */

import { create, query } from "../page/dom.js";

/** Shows an error's details {field, message} at their fields in `form`; returns the remaining text, "" if there is none. */
export function showErrors(form, { message, details = [] }) {
  const lost = details.filter((detail) => !flag(form.elements[detail.field], detail.message));
  query("[aria-invalid=true]", form)?.focus();
  return lost.length || !details.length ? [message, ...lost.map((detail) => detail.message)].join(" ") : "";
}

/** Removes the error from a field that is being corrected. */
export function clearError(field) {
  if (!field.ariaInvalid) return;
  field.ariaInvalid = null;
  query("[data-field-error]", field.parentElement)?.remove();
}

function flag(field, message) {
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
