/** One ticket open for reading and editing, in a dialog or on its own page. */

import { ApiError, api, fetchPage } from "./api.js";
import { clearErrors, showErrors } from "./field-errors.js";
import { changedMeanwhile, changesIn, inWords } from "./ticket-form.js";
import { toast } from "./toast.js";

export class TicketView {
  #host;
  #url = location.href;
  #onChanged;
  #onDeleted;
  #busy = new WeakSet();
  #forms = {
    ticketForm: (form) => this.#save(form),
    moveForm: (form, submitter) => this.#move(form, submitter),
    deleteForm: (form) => this.#delete(form),
  };

  /** Lives in `host`; calls `onChanged(ticket)` and `onDeleted(id, key)` after what is done here. */
  constructor(host, { onChanged, onDeleted }) {
    this.#host = host;
    this.#onChanged = onChanged;
    this.#onDeleted = onDeleted;
    host.addEventListener("submit", (event) => this.#submit(event));
    host.addEventListener("input", (event) => clearErrors(event.target));
  }

  get root() {
    return this.#host.querySelector("[data-ticket-view]");
  }

  get id() {
    return this.root?.dataset.ticketView;
  }

  get handlers() {
    const apply = (ticket, message) => this.apply(ticket, message);
    return {
      "ticket.updated": apply,
      "ticket.moved": apply,
      "ticket.deleted": ({ id }) => this.markDeleted(id),
      "stream.reset": () => this.root && !this.isTyped && this.refresh(),
    };
  }

  get isTyped() {
    return Boolean(this.#typed);
  }

  /** Shows `root`, a [data-ticket-view] that came from `url`. */
  show(root, url) {
    this.#url = url;
    if (this.root) this.root.replaceWith(root);
    else this.#host.append(root);
  }

  /** Takes up a ticket that has been changed elsewhere, without touching what is being typed. */
  apply(ticket, { changed = [] } = {}) {
    if (ticket.id !== this.id || ticket.version <= Number(this.root.dataset.version)) return;
    if (!this.isTyped) this.refresh();
    else this.#say(`Someone else has just changed ${named(changed)}. What you typed is kept.`, [["Show the new version", () => this.refresh()]]);
  }

  /** Says that the ticket is gone; its text stays to be copied. */
  markDeleted(id) {
    if (id !== this.id) return;
    this.#say("This ticket has been deleted by someone else. Nothing here can be saved any more.");
    for (const button of this.root.querySelectorAll("form button")) button.disabled = true;
  }

  /** Fetches the view anew, unless someone types meanwhile. */
  async refresh() {
    const typed = this.#typed;
    const page = await fetchPage(this.#url).catch((error) => this.#say(error.message));
    const fresh = page?.querySelector("[data-ticket-view]");
    if (!fresh || fresh.dataset.ticketView !== this.id || typed !== this.#typed) return;
    const focused = document.activeElement.id;
    carryOpen(this.root, fresh);
    this.root.replaceWith(fresh);
    if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  get #typed() {
    const form = this.root?.querySelector("[data-ticket-form]");
    const changes = form ? Object.entries(changesIn(form)) : [];
    return JSON.stringify(changes).slice(2) + (form?.elements.newLabel?.value ?? "");
  }

  #submit(event) {
    const form = event.target;
    const kind = Object.keys(this.#forms).find((hook) => hook in form.dataset);
    if (!kind || event.defaultPrevented) return;
    event.preventDefault();
    this.#once(form, () => this.#forms[kind](form, event.submitter));
  }

  async #once(form, act) {
    if (this.#busy.has(form)) return;
    this.#busy.add(form);
    form.ariaBusy = "true";
    try {
      await act();
    } catch (error) {
      this.#fail(form, error);
    }
    form.ariaBusy = null;
    this.#busy.delete(form);
  }

  async #save(form) {
    const changes = changesIn(form);
    await addNewLabel(form, changes);
    if (Object.keys(changes).length) await this.#patch(form, changes, form.elements.version.value);
    else toast("There is nothing to save: no field has changed.");
  }

  async #patch(form, changes, version) {
    const typed = this.#typed;
    try {
      const ticket = await api.patch(pathOf(form), changes, { "If-Match": `"${version}"` });
      form.elements.version.value = this.root.dataset.version = ticket.version;
      this.#onChanged(ticket);
      toast(`${ticket.key} is saved.`);
      if (typed === this.#typed) await this.refresh();
    } catch (error) {
      if (error.status !== 409 || !error.body.ticket) throw error;
      await this.#settle(form, changes, error.body.ticket);
    }
  }

  // Two people who changed different fields both get what they want; the same field needs a decision.
  async #settle(form, changes, theirs) {
    const both = changedMeanwhile(form, theirs).filter((field) => field in changes);
    if (!both.length) return this.#patch(form, changes, theirs.version);
    this.#say(`Someone else changed ${named(both)} while you were editing. Nothing is saved yet, and what you typed is still here.`, [
      ["Show the new version", () => this.refresh()],
      ["Save mine anyway", () => this.#once(form, () => this.#patch(form, changes, theirs.version))],
    ]);
  }

  async #move(form, submitter) {
    const wish = new FormData(form, submitter);
    const columnId = wish.get("columnId");
    const column = await api.get(`${pathOf(form).replace(/\/[^/]+$/, "")}?columnId=${encodeURIComponent(columnId)}`);
    const ticket = await api.patch(pathOf(form), { columnId, ...neighbour(column, this.id, wish.get("place")) });
    this.#onChanged(ticket);
    if (!this.isTyped) await this.refresh();
  }

  async #delete(form) {
    const { id } = this;
    await api.delete(pathOf(form));
    this.#onDeleted(id);
  }

  #fail(form, error) {
    const rest = showErrors(form, error.details ?? []);
    if (error instanceof ApiError && error.status === 404) this.markDeleted(this.id);
    else if (rest.length || !error.details?.length) this.#say([error.message, ...rest].join(" "));
  }

  #say(text, actions = []) {
    const place = this.root?.querySelector("[data-ticket-notice]");
    if (!place) return toast(text);
    const words = document.createElement("p");
    words.textContent = text;
    place.replaceChildren(words, ...actions.map(([name, run]) => button(name, run)));
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  }
}

const named = (fields) => (fields.length ? `the ${inWords(fields)} of this ticket` : "this ticket");

const pathOf = (form) => `/api${form.getAttribute("action").replace(/\/(move|delete)$/, "")}`;

function button(name, run) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button";
  element.textContent = name;
  element.addEventListener("click", run);
  return element;
}

/** Where `place` (top, bottom, up or down) is among the tickets of a column, in the API's words. */
function neighbour(tickets, id, place) {
  const others = tickets.filter((ticket) => ticket.id !== id);
  const at = tickets.findIndex((ticket) => ticket.id === id);
  const seats = { top: 0, bottom: others.length, up: Math.max(at - 1, 0), down: at + 1 };
  const seat = seats[place] ?? others.length;
  if (others[seat]) return { before: others[seat].id };
  return others.length ? { after: others.at(-1).id } : {};
}

async function addNewLabel(form, changes) {
  const field = form.elements.newLabel;
  const name = field?.value.trim();
  if (!name) return;
  const path = pathOf(form).replace(/\/tickets\/[^/]+$/, "/labels");
  const known = (await api.get(path)).find((label) => label.name.toLowerCase() === name.toLowerCase());
  const label = known ?? (await api.post(path, { name }));
  const chosen = changes.labelIds ?? [...form.querySelectorAll("[name=labelIds]:checked")].map(({ value }) => value);
  changes.labelIds = [...new Set([...chosen, label.id])].sort();
}

/** Leaves open what was open in the view before. */
function carryOpen(before, after) {
  const sections = [...after.querySelectorAll("details")];
  [...before.querySelectorAll("details")].forEach((section, at) => {
    if (sections[at]) sections[at].open = section.open;
  });
}
