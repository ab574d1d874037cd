/** One ticket open for reading and editing, in a dialog or on its own page. */

import { api, fetchPage } from "./api.js";
import { clearError, showErrors } from "./field-errors.js";
import { changedMeanwhile, changesIn, inWords } from "./ticket-form.js";
import { toast } from "./toast.js";

/** Beyond the end of any column. */
const LAST = 1_000_000;
const PLACES = {
  top: () => 0,
  up: (order) => Math.max(order - 1, 0),
  down: (order) => order + 1,
  bottom: () => LAST,
};

export class TicketView {
  #host;
  #url = location.href;
  #onChanged;
  #onDeleted;
  #forms = {
    ticketForm: (form) => this.#save(form),
    moveForm: (form, button) => this.#move(form, button),
    deleteForm: (form) => this.#delete(form),
  };

  /** Lives in `host`; calls `onChanged(ticket)` and `onDeleted(id)` after what is done here. */
  constructor(host, onChanged, onDeleted) {
    this.#host = host;
    this.#onChanged = onChanged;
    this.#onDeleted = onDeleted;
    host.addEventListener("submit", (event) => this.#submit(event));
    host.addEventListener("click", ({ target }) => enterFold(target.closest("summary")));
    host.addEventListener("input", (event) => clearError(event.target));
  }

  get root() {
    return this.#host.querySelector("[data-ticket-view]");
  }

  get id() {
    return this.root?.dataset.ticketView;
  }

  /** What is typed and not saved, as one text; empty when there is nothing. */
  get typed() {
    const form = this.root?.querySelector("[data-ticket-form]");
    const changes = form && Object.entries(changesIn(form)).concat(form.elements.newLabel?.value || []);
    return changes?.length ? JSON.stringify(changes) : "";
  }

  get handlers() {
    const apply = (ticket, message) => this.#apply(ticket, message);
    return {
      "ticket.updated": apply,
      "ticket.moved": apply,
      "ticket.deleted": ({ id }) => id === this.id && this.#close(),
      "stream.reset": () => this.root && !this.typed && this.refresh(),
    };
  }

  /** Shows `root`, a [data-ticket-view] of the page at `url`. */
  show(root, url) {
    this.#url = url;
    if (this.root) this.root.replaceWith(root);
    else this.#host.append(root);
  }

  /** Fetches the view anew, unless someone types meanwhile. */
  async refresh() {
    const { typed, root } = this;
    const page = await fetchPage(this.#url).catch((error) => this.#say(error.message));
    if (!page || root !== this.root || typed !== this.typed) return;
    const fresh = page.querySelector("[data-ticket-view]");
    const focused = root.contains(document.activeElement) && document.activeElement.id;
    const folds = [...fresh.querySelectorAll("details")];
    root.querySelectorAll("details").forEach((fold, at) => folds[at]?.toggleAttribute("open", fold.open));
    root.replaceWith(fresh);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  #apply(ticket, { changed = [] }) {
    if (ticket.id !== this.id || ticket.version <= this.root.dataset.version) return;
    if (!this.typed) return this.refresh();
    const text = `Someone else has just changed ${named(changed)}. What you typed is kept.`;
    return this.#say(text, { "Show the new version": () => this.refresh() });
  }

  #close() {
    this.#say("This ticket has been deleted. Nothing here can be saved any more.");
    for (const button of this.root.querySelectorAll("form button")) button.disabled = true;
  }

  #submit(event) {
    const form = event.target;
    const kind = Object.keys(this.#forms).find((hook) => hook in form.dataset);
    if (!kind) return;
    event.preventDefault();
    this.#once(form, () => this.#forms[kind](form, event.submitter));
  }

  async #once(form, act) {
    if (form.ariaBusy) return;
    form.ariaBusy = "true";
    await act().catch((error) => this.#fail(form, error));
    form.ariaBusy = null;
  }

  async #save(form) {
    const changes = changesIn(form);
    const label = form.elements.newLabel?.value.trim();
    if (label) changes.labelIds = await withLabel(form, label);
    if (Object.keys(changes).length) await this.#patch(form, changes, form.elements.version.value);
    else toast("There is nothing to save yet.");
  }

  async #patch(form, changes, version) {
    const { typed } = this;
    try {
      const ticket = await api.patch(pathOf(form), changes, { "If-Match": `"${version}"` });
      this.#stamp(ticket);
      toast(`${ticket.key} is saved.`);
      this.#onChanged(ticket);
      if (typed === this.typed) this.refresh();
    } catch (error) {
      if (!error.body?.ticket) throw error;
      await this.#settle(form, changes, error.body.ticket);
    }
  }

  // Two people who changed different fields both get what they want; the same field needs a decision.
  async #settle(form, changes, theirs) {
    const both = changedMeanwhile(form, theirs).filter((field) => field in changes);
    if (!both.length) return this.#patch(form, changes, theirs.version);
    const text = `Someone else changed ${named(both)} while you were editing. Nothing is saved yet.`;
    return this.#say(`${text} What you typed is still here.`, {
      "Show the new version": () => this.refresh(),
      "Save mine anyway": () => this.#once(form, () => this.#patch(form, changes, theirs.version)),
    });
  }

  async #move(form, button) {
    const columnId = form.elements.columnId.value;
    const now = await api.get(pathOf(form));
    const order = PLACES[button?.value ?? "bottom"](now.columnId === columnId ? now.order : LAST - 1);
    const ticket = await api.patch(pathOf(form), { columnId, order });
    this.#onChanged(ticket);
    if (ticket.version - this.root.dataset.version <= 1) this.#stamp(ticket);
    else if (!this.typed) this.refresh();
  }

  #stamp({ version }) {
    this.root.dataset.version = version;
    this.root.querySelector("[name=version]").value = version;
  }

  async #delete(form) {
    const { id } = this;
    await api.delete(pathOf(form)).catch((error) => {
      if (error.status !== 404) throw error; // gone already, perhaps by a try whose answer was lost
    });
    this.#onDeleted(id);
  }

  #fail(form, error) {
    const rest = showErrors(form, error.details ?? []);
    if (error.status === 404) this.#close();
    else if (rest.length || !error.details?.length) this.#say([error.message, ...rest].join(" "));
  }

  #say(text, actions = {}) {
    const place = this.root?.querySelector("[data-ticket-notice]");
    if (!place) return toast(text);
    const words = document.createElement("p");
    words.textContent = text;
    place.replaceChildren(words, ...Object.entries(actions).map(button));
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  }
}

const named = (fields) => (fields.length ? `the ${inWords(fields)} of this ticket` : "this ticket");

/** Puts the cursor into what a person unfolds. */
function enterFold(summary) {
  setTimeout(() => summary?.parentElement.open && summary.parentElement.querySelector("textarea")?.focus());
}

const pathOf = (form) => `/api${form.getAttribute("action").replace(/\/(move|delete)$/, "")}`;

function button([name, run]) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button button--small";
  element.textContent = name;
  element.addEventListener("click", run);
  return element;
}

async function withLabel(form, name) {
  const path = pathOf(form).replace(/tickets\/\d+$/, "labels");
  const known = (await api.get(path)).find((label) => label.name.toLowerCase() === name.toLowerCase());
  const { id } = known ?? (await api.post(path, { name }));
  const chosen = [...form.querySelectorAll("[name=labelIds]:checked")].map(({ value }) => value);
  return [...new Set([...chosen, id])];
}
