/** Adds tickets from the form under a column: Enter adds one, and the form waits for the next. */

import { api } from "./api.js";
import { hear, query } from "./dom.js";
import { keep } from "./drafts.js";
import { once } from "./once.js";
import { randomId } from "./tab.js";
import { toast } from "./toast.js";

export class QuickAdd {
  #board;
  #attempts = new WeakMap();

  constructor(board) {
    this.#board = board;
  }

  start() {
    const { root } = this.#board;
    hear(root, "submit", (event) => this.#submit(event));
    hear(root, "input", ({ target }) => target.closest("[data-quick-add]") && target.setCustomValidity(""));
    hear(root, "keydown", (event) => event.key === "Escape" && fold(event.target.closest("[data-quick-add]")));
    hear(root, "toggle", ({ target }) => target.open && query("[name=title]", target)?.focus(), { capture: true });
  }

  #submit(event) {
    const form = event.target;
    if (!form.closest("[data-quick-add]")) return;
    event.preventDefault();
    const title = form.elements.title.value.trim();
    if (!title) return refuse(form.elements.title, "Give the ticket a title first.");
    once(form, () => this.#add(form, title));
  }

  async #add(form, title) {
    const field = form.elements.title;
    const sent = field.value;
    try {
      const body = { title, columnId: form.elements.columnId.value };
      this.#board.place(await api.post(this.#board.tickets, body, { "Idempotency-Key": this.#key(form, title) }));
      this.#attempts.delete(form);
      field.value = field.value.startsWith(sent) ? field.value.slice(sent.length) : field.value;
      keep(form);
      field.scrollIntoView({ block: "nearest" });
    } catch (error) {
      if (error.details?.length) refuse(field, error.details.map(({ message }) => message).join(" "));
      else toast(`The ticket was not added. ${error.message}`, { action: "Retry", run: () => form.requestSubmit() });
    }
  }

  // The same title sent again after a lost answer must not become a second ticket.
  #key(form, title) {
    const last = this.#attempts.get(form);
    const attempt = last?.title === title ? last : { title, key: randomId() };
    this.#attempts.set(form, attempt);
    return attempt.key;
  }
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
