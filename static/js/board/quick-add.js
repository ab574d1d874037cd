/** Adds tickets from the form below a column: Enter adds one, and the form stays for the next. */

import { api } from "../page/api.js";
import { board, placeTicket, ticketsPath } from "./board.js";
import { focused, hear, query } from "../page/dom.js";
import { keep } from "../forms/drafts.js";
import { pressed } from "../page/keys.js";
import { once } from "../forms/once.js";
import { randomId } from "../page/tab.js";
import { toast } from "../page/toast.js";
import { t } from "../page/language.js";

const attempts = new WeakMap();

export function startQuickAdd() {
  hear(board, "submit", submitTicket);
  hear(board, "input", ({ target }) => target.closest("[data-quick-add]") && target.setCustomValidity(""));
  hear(board, "keydown", (event) => pressed(event) === "Escape" && fold(event.target.closest("[data-quick-add]")));
  hear(board, "toggle", ({ target }) => target.open && target.contains(focused()) && query("[name=title]", target)?.focus(), {
    capture: true,
  });
}

function submitTicket(event) {
  const form = event.target;
  if (!form.closest("[data-quick-add]")) return;
  event.preventDefault();
  const title = form.elements.title.value.trim();
  if (!title) return refuse(form.elements.title, t("Give the ticket a title first."));
  once(form, () => addTicket(form, title));
}

async function addTicket(form, title) {
  const field = form.elements.title;
  const sent = field.value;
  try {
    const body = { title, columnId: form.elements.columnId.value };
    placeTicket(await api.post(ticketsPath, body, { "Idempotency-Key": keyFor(form, title) }));
    attempts.delete(form);
    field.value = field.value.startsWith(sent) ? field.value.slice(sent.length) : field.value;
    keep(form);
    field.scrollIntoView({ block: "nearest" });
  } catch (error) {
    if (error.details?.length) refuse(field, error.details.map(({ message }) => message).join(" "));
    else toast(`${t("The ticket was not added.")} ${error.message}`, { failed: true, action: t("Retry"), run: () => form.requestSubmit() });
  }
}

// The same title sent again after a lost response must not become a second ticket.
function keyFor(form, title) {
  const last = attempts.get(form);
  const attempt = last?.title === title ? last : { title, key: randomId() };
  attempts.set(form, attempt);
  return attempt.key;
}

function refuse(field, message) {
  field.setCustomValidity(message);
  field.reportValidity();
}

function fold(section) {
  if (!section?.open) return;
  section.open = false;
  query("summary", section).focus();
}
