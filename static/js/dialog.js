/** Opens tickets over the board, each at its own address. */

import { Unreachable, fetchPage } from "./api.js";
import { TicketView } from "./ticket-view.js";
import { moveToasts, toast } from "./toast.js";

const NOT_THE_CARD = "a:not([data-open]), button, input, select, textarea, summary, label";

export class TicketDialog {
  #board;
  #dialog;
  #view;
  #home = { path: location.pathname, title: document.title };
  #drafts = new Map();
  #asked = 0;

  constructor(dialog, board) {
    this.#dialog = dialog;
    this.#board = board;
    this.#view = new TicketView(dialog, {
      onChanged: (ticket) => board.place(ticket),
      onDeleted: (id) => this.#deleted(id),
    });
  }

  start() {
    document.addEventListener("click", (event) => this.#click(event));
    this.#dialog.addEventListener("close", () => this.#closed());
    this.#dialog.querySelector("[data-dialog-close]")?.addEventListener("click", () => this.#dialog.close());
    addEventListener("popstate", (event) => this.#travel(event.state));
  }

  get handlers() {
    return this.#view.handlers;
  }

  #click(event) {
    const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0;
    const link = event.target.closest("[data-open]") ?? event.target.closest("[data-ticket]")?.querySelector("[data-open]");
    if (!link || modified || event.defaultPrevented || event.target.closest(NOT_THE_CARD)) return;
    event.preventDefault();
    link.focus({ preventScroll: true });
    this.#open(link.href, { isNew: true });
  }

  async #open(url, { isNew }) {
    const asked = (this.#asked += 1);
    const page = await fetchPage(url).catch((error) => this.#cannotOpen(url, error));
    const view = page?.querySelector("[data-ticket-view]");
    if (!view || asked !== this.#asked) return;
    this.#keepDraft();
    this.#view.show(this.#drafts.get(view.dataset.ticketView) ?? view, url);
    this.#drafts.delete(view.dataset.ticketView);
    if (isNew) this.#remember(url);
    document.title = page.title;
    if (!this.#dialog.open) this.#dialog.showModal();
    moveToasts();
  }

  #cannotOpen(url, error) {
    if (error instanceof Unreachable) toast(error.message, { action: "Try again", run: () => this.#open(url, { isNew: true }) });
    else toast("This ticket is not there any more.");
  }

  // From one ticket to another the address is replaced, so that Back always means the board.
  #remember(url) {
    if (history.state?.ticket) history.replaceState({ ticket: url }, "", url);
    else history.pushState({ ticket: url }, "", url);
  }

  // After a reload the page at this address may be another one than history believes.
  #travel(state) {
    this.#asked += 1;
    if (location.pathname === this.#home.path) this.#dialog.close();
    else if (state?.ticket) this.#open(state.ticket, { isNew: false });
    else location.reload();
  }

  #closed() {
    const { id } = this.#view;
    this.#keepDraft();
    this.#view.root?.remove();
    document.title = this.#home.title;
    moveToasts();
    this.#board.card(id)?.querySelector("[data-open]")?.focus({ preventScroll: true });
    if (history.state?.ticket) history.back();
  }

  #keepDraft() {
    if (!this.#view.isTyped) return;
    this.#drafts.set(this.#view.id, this.#view.root);
    toast("What you typed is not saved. It is kept until you leave this page: open the ticket again to go on.");
  }

  #deleted(id) {
    this.#dialog.close();
    this.#board.remove(id);
    toast("The ticket is deleted.");
  }
}
