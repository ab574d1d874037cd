/** One ticket open for reading and editing, in a dialog or on its own page. */

import { Unreachable, api, fetchPage, pathOf } from "../page/api.js";
import { choices } from "./clash.js";
import { byId, create, focusInPlace, focused, hear, query, queryAll } from "../page/dom.js";
import { keep, restore, typedIn } from "../forms/drafts.js";
import { clearError, showErrors } from "../forms/field-errors.js";
import { glow } from "../page/fresh.js";
import { pickNewLabel, pickerHandlers } from "./label-picker.js";
import { labelHandlers } from "../live/labels.js";
import { project } from "../live/leaving.js";
import { receiveAgain, typesOf } from "../live/dispatch.js";
import { once } from "../forms/once.js";
import { findPerson } from "../live/people.js";
import { heardSince } from "../live/stream.js";
import { table } from "../page/table.js";
import { changedFrom, changedTo, inWords } from "./form.js";
import { complain, toast } from "../page/toast.js";
import { revert, revertMove, undoAfter, undoable } from "./undo.js";
import { t } from "../page/language.js";

/** Beyond the end of any column. */
const LAST = 1_000_000;
const VIEW = "[data-ticket-view]";
/** What changes the columns and the people that a ticket can have. */
const OFFERED = [...typesOf("column", "member"), "user.updated"];
/** How long changes are collected before the options are fetched again, in milliseconds. */
const MOMENT = 100;

export class TicketView {
  #host;
  #url = location.href;
  #other = t("Someone else");
  #heard = 0;
  #following = 0;
  #onChanged;
  #onDeleted;
  #forms = {
    ticketForm: () => this.#save(),
    moveForm: (form, submitter) => this.#move(form, submitter),
    deleteForm: (form) => this.#delete(form),
  };

  /** Renders into `host`; calls `onChanged(ticket)` and `onDeleted({id, text, path})` after actions here. */
  constructor(host, onChanged, onDeleted) {
    this.#host = host;
    this.#onChanged = onChanged;
    this.#onDeleted = onDeleted;
    hear(host, "submit", (event) => this.#submit(event));
    hear(host, "click", ({ target }) => enterFold(target.closest("summary")));
    hear(host, "input", ({ target }) => (clearError(target), keepOnOneLine(target)));
    hear(host, "beforeinput", sendTitle);
    hear(host, "reset", () => setTimeout(() => this.root && !this.typed && this.refresh()));
  }

  get root() {
    return query(VIEW, this.#host);
  }

  get id() {
    return this.root?.dataset.ticketView;
  }

  /** The unsaved text; null if there is none. */
  get typed() {
    return this.#form ? typedIn(this.#form) : null;
  }

  get handlers() {
    const apply = (ticket, message) => this.#apply(ticket, message);
    return {
      "ticket.created": ({ id }) => id === this.id && this.refresh(),
      "ticket.updated": apply,
      "ticket.moved": apply,
      "ticket.deleted": ({ id }, { actorId }) =>
        id === this.id && this.#close(t("%(person)s has deleted this ticket.", { person: this.#name(actorId) })),
      "stream.reset": () => this.#follow(),
      ...table(OFFERED, () => () => this.#follow()),
    };
  }

  get #form() {
    return this.root?.querySelector("[data-ticket-form]");
  }

  /** Shows the ticket of the `page` at `url`, and its draft. */
  show(page, url) {
    const root = query(VIEW, page);
    this.#url = url;
    this.#heard = 0;
    if (this.root) this.root.replaceWith(root);
    else this.#host.append(root);
    this.resume();
    this.#catchUp(page, this.handlers);
  }

  /** Fills in `draft`, or the one that this browser keeps; resolves to whether nobody else changed the same fields. */
  resume(draft) {
    if (!this.#form) return true;
    const slots = restore(this.#form, draft);
    keep(this.#form);
    if (!slots.length) return true;
    const rows = choices(this.#form, slots, this.#other);
    this.#say(
      t("%(person)s changed the same fields as you. Choose for each, then save: nothing is saved yet.", { person: this.#other }),
      "alert",
      {},
      rows,
    );
    return false;
  }

  /** Reloads the view. Unsaved text stays: based on the fields of `sent`, if those were saved meanwhile. */
  async refresh(sent = {}) {
    const { root } = this;
    const page = await fetchPage(this.#url).catch((error) => this.#say(error.message, "alert"));
    if (!page || !root || root !== this.root) return false;
    const draft = this.typed ?? {};
    for (const [slot, pair] of Object.entries(draft)) if (sent[slot]) [, pair[0]] = sent[slot];
    const fresh = query(VIEW, page);
    const place = controls(root).indexOf(focused());
    const { id, selectionStart } = place < 0 ? {} : focused();
    const folds = queryAll("details", fresh);
    queryAll("details", root).forEach((fold, at) => folds[at]?.toggleAttribute("open", fold.open));
    root.replaceWith(fresh);
    const agreed = this.resume(draft);
    const field = byId(id);
    focusInPlace(field ?? controls(fresh)[place]);
    if (selectionStart) field?.setSelectionRange(selectionStart, selectionStart);
    this.#catchUp(page);
    return this.#heard > fresh.dataset.version && !this.typed ? this.refresh() : agreed;
  }

  /** A page may be older than the messages that arrived while it was being loaded. */
  #catchUp(page, ...tables) {
    receiveAgain(heardSince(page), [labelHandlers, pickerHandlers, ...tables], project);
  }

  /** Updates the options, once for all changes within a moment. */
  #follow() {
    this.#following ||= setTimeout(() => {
      this.#following = 0;
      if (this.root && !this.typed) this.refresh();
    }, MOMENT);
  }

  async #apply(ticket, { type, changed = [], actorId }) {
    if (ticket.id !== this.id || ticket.version <= this.root.dataset.version) return;
    this.#heard = ticket.version;
    const done = news(type, { person: this.#name(actorId), fields: inWords(changed) });
    if (this.typed)
      return this.#say(`${done} ${t("What you typed is kept.")}`, "status", { [t("Show the new version")]: () => this.refresh() });
    if (!(await this.refresh())) return;
    query("[data-ticket-news]", this.root).textContent = done;
    for (const name of changed) glowAt(query(`[name="${name === "labels" ? "labelIds" : name}"]`, this.root));
  }

  /** Who did it; remembered in case it turns out to conflict with unsaved text. */
  #name(id) {
    this.#other = findPerson(id)?.name ?? t("Someone else");
    return this.#other;
  }

  #close(text, role = "status") {
    for (const control of queryAll("form button", this.root)) control.disabled = true;
    const where = this.typed ? t("It lies in the project’s bin, and what you typed is kept.") : t("It lies in the project’s bin.");
    this.#say(`${text} ${where}`, role);
  }

  #submit(event) {
    const form = event.target;
    const kind = Object.keys(this.#forms).find((hook) => hook in form.dataset);
    if (!kind) return;
    event.preventDefault();
    once(form, () => {
      const work = this.#forms[kind](form, event.submitter).catch((error) => this.#fail(form, error));
      undoAfter(work);
      return work;
    });
  }

  // The view may be closed, or show another ticket, before the response arrives: it still counts for this one.
  async #save() {
    const { root } = this;
    await pickNewLabel(this.#form);
    if (root !== this.root) return;
    if (this.#heard > this.root.dataset.version && !(await this.refresh())) return;
    const form = this.#form;
    const [before, changes, sent] = [changedFrom(form), changedTo(form), typedIn(form)];
    if (!Object.keys(changes).length) return toast(t("There is nothing to save yet."));
    try {
      const ticket = await api.patch(pathOf(form), changes, { "If-Match": `"${form.elements.version.value}"` });
      this.#onChanged(ticket);
      undoable(t("%(key)s is saved.", { key: ticket.key }), [[() => revert(pathOf(form), [before], ticket), ticket.key]]);
      if (!form.isConnected) {
        form.reset();
        return keep(form);
      }
      this.#stamp(ticket);
      await this.refresh(sent);
    } catch (error) {
      if (!error.body?.ticket || !form.isConnected) throw error;
      // Two people who changed different fields both get what they want; the same field needs a decision.
      if (await this.refresh()) await this.#save();
    }
  }

  async #move(form, submitter) {
    const { root } = this;
    const columnId = form.elements.columnId.value;
    const now = await api.get(pathOf(form));
    const at = now.columnId === columnId ? now.order : LAST - 1;
    const order = { top: 0, up: Math.max(at - 1, 0), down: at + 1 }[submitter?.value] ?? LAST;
    const ticket = await api.patch(pathOf(form), { columnId, order });
    const moved = now.rank !== ticket.rank;
    const back = { columnId: now.columnId, order: now.order };
    if (moved)
      undoable(t("%(key)s is moved.", { key: ticket.key }), [[() => revertMove(pathOf(form), [back], now.rank, ticket), ticket.key]]);
    this.#onChanged(ticket);
    if (root !== this.root) return;
    if (ticket.version - root.dataset.version === Number(moved)) this.#stamp(ticket);
    else if (!this.typed) this.refresh();
  }

  #stamp({ version }) {
    this.root.dataset.version = version;
    query("[name=version]", this.root).value = version;
  }

  async #delete(form) {
    const { id } = this;
    const text = t("%(key)s is deleted.", { key: query("[data-ticket-key]", this.root).textContent });
    const path = pathOf(form);
    await api.delete(path).catch((error) => {
      if (error.status !== 404) throw error; // deleted already, perhaps by an attempt whose response was lost
    });
    this.#onDeleted({ id, text, path });
  }

  #fail(form, error) {
    if (!form.isConnected) return complain(error);
    const rest = showErrors(form, error);
    if (error.status === 404) return this.#close(t("This ticket has been deleted."), "alert");
    const again = error instanceof Unreachable ? { [t("Retry")]: () => form.requestSubmit() } : {};
    if (rest) this.#say(rest, "alert", again);
  }

  /** Announces it at once if something failed, `role` "alert", otherwise politely, "status". */
  #say(text, role, actions = {}, rows = []) {
    const place = this.root?.querySelector("[data-ticket-notice]");
    if (!place) return void toast(text, { failed: role === "alert" });
    place.role = role;
    place.replaceChildren(create("p", { textContent: text }), ...rows, ...Object.entries(actions).map(button));
    place.hidden = !text;
    place.scrollIntoView({ block: "nearest" });
  }
}

const controls = (root) => queryAll("a, button, input, select, summary, textarea", root);

function news(type, { person, fields }) {
  if (type === "ticket.moved") return t("%(person)s has just moved this ticket.", { person });
  if (fields) return t("%(person)s has just changed the %(fields)s of this ticket.", { person, fields });
  return t("%(person)s has just changed this ticket.", { person });
}

// Every control is alone in its field with its words.
const glowAt = (control) => control && glow(control.parentElement);

/** A title wraps over several lines, but has no line breaks: Enter saves, and pasted lines are joined. */
function sendTitle(event) {
  if (event.target.name !== "title" || event.inputType !== "insertLineBreak") return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

function keepOnOneLine(field) {
  if (field.name === "title" && field.value.includes("\n")) field.value = field.value.replace(/\s*\n\s*/g, " ");
}

/** Focuses what a person expands. */
function enterFold(summary) {
  setTimeout(() => summary?.parentElement.open && query("textarea", summary.parentElement)?.focus());
}

function button([name, run]) {
  const element = create("button", { type: "button", className: "button button--small", textContent: name });
  hear(element, "click", run);
  return element;
}
