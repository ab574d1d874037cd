/** Opens tickets over the board, each at its own address. */

import { Unreachable, api, fetchPage } from "./api.js";
import { focusInPlace, hear, isModified, query } from "./dom.js";
import { cardOf, linkOf } from "./places.js";
import { TicketView } from "./ticket-view.js";
import { moveToasts, toast } from "./toast.js";
import { undoable } from "./undo.js";

const NOT_THE_CARD = "a:not([data-open]), button, input, select, textarea, summary, label";

export class TicketDialog {
  #board;
  #dialog;
  #view;
  #home = { path: location.pathname, title: document.title };
  #turn = 0;

  constructor(dialog, board) {
    this.#dialog = dialog;
    this.#board = board;
    this.#view = new TicketView(dialog, (ticket) => board.place(ticket), (...gone) => this.#deleted(...gone));
  }

  get handlers() {
    return this.#view.handlers;
  }

  /** Shows a ticket as it is now, on the board and where it is open. */
  showAgain(ticket) {
    this.#board.revive(ticket.id);
    this.#board.place(ticket);
    if (ticket.id === this.#view.id) this.#view.refresh();
  }

  start() {
    hear(this.#board.root, "click", (event) => this.#click(event));
    hear(query("[data-dialog-close]", this.#dialog), "click", () => this.#dialog.close());
    hear(this.#dialog, "close", () => this.#closed());
    hear(window, "popstate", (event) => this.#travel(event.state));
  }

  #click(event) {
    const link = linkOf(cardOf(event.target));
    if (!link || isModified(event) || event.target.closest(NOT_THE_CARD)) return;
    event.preventDefault();
    focusInPlace(link);
    this.#open(link.href);
  }

  async #open(url) {
    const turn = (this.#turn += 1);
    const page = await fetchPage(url).catch((error) => this.#cannotOpen(url, error));
    if (!page || turn !== this.#turn) return;
    this.#view.show(query("[data-ticket-view]", page), url);
    if (history.state?.ticket !== url) history.pushState({ ticket: url }, "", url);
    document.title = page.title;
    if (!this.#dialog.open) this.#dialog.showModal();
    query("[tabindex]", this.#view.root)?.focus();
    moveToasts();
  }

  #cannotOpen(url, error) {
    if (error instanceof Unreachable) toast(error.message, { failed: true, action: "Retry", run: () => this.#open(url) });
    else toast("This ticket is not there any more.", { failed: true });
  }

  // After a reload the page at this address may be another one than history believes.
  #travel(state) {
    this.#turn += 1;
    if (location.pathname === this.#home.path) this.#dialog.close();
    else if (state?.ticket) this.#open(state.ticket);
    else location.reload();
  }

  #closed() {
    const { id, root, typed } = this.#view;
    root.remove();
    document.title = this.#home.title;
    moveToasts();
    if (typed) toast("What you typed is not saved yet. It is kept with the ticket.");
    focusInPlace(linkOf(this.#board.card(id)));
    if (history.state?.ticket) history.back();
  }

  #deleted(id, words, restore) {
    this.#dialog.close();
    this.#board.remove(id);
    undoable(words, [[() => api.post(restore)]]);
  }
}
