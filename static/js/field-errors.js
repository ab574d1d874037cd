/** Puts the server's complaints beside the fields they are about. */

/** Shows each {field, message} at its field in `form`; returns the messages that found no place. */
export function showErrors(form, details) {
  const lost = details.filter(({ field, message }) => !complain(form.elements[field], message));
  form.querySelector("[aria-invalid=true]")?.focus();
  return lost.map(({ message }) => message);
}

/** Takes the complaint away from a field that is being corrected. */
export function clearError(field) {
  if (!field.ariaInvalid) return;
  field.ariaInvalid = null;
  field.parentElement.querySelector("[data-field-error]")?.remove();
}

function complain(field, message) {
  if (!(field instanceof HTMLElement)) return false;
  clearError(field);
  const words = document.createElement("p");
  words.id = `${field.id}-error`;
  words.className = "field__error";
  words.dataset.fieldError = "";
  words.textContent = message;
  field.after(words);
  field.ariaInvalid = "true";
  field.setAttribute("aria-errormessage", words.id);
  field.closest("details")?.setAttribute("open", "");
  return true;
}
