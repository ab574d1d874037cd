/** Puts the server's complaints beside the fields they are about. */

/** Shows each {field, message} at its field in `form`; returns the messages that found no place. */
export function showErrors(form, details) {
  const lost = details.filter(({ field, message }) => !complain(form.elements[field], message));
  form.querySelector(":scope [aria-invalid=true]")?.focus();
  return lost.map(({ message }) => message);
}

/** Takes the complaint away from a field that is being corrected. */
export function clearErrors(field) {
  if (field.getAttribute("aria-invalid") !== "true") return;
  field.removeAttribute("aria-invalid");
  field.parentElement.querySelector("[data-field-error]")?.remove();
}

function complain(field, message) {
  if (!(field instanceof HTMLElement)) return false;
  clearErrors(field);
  const words = document.createElement("p");
  words.className = "field__error";
  words.dataset.fieldError = "";
  words.textContent = message;
  field.setAttribute("aria-invalid", "true");
  field.after(words);
  return true;
}
