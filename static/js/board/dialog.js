/** Opens tickets over the board, each at its own address. */

import { Unreachable, fetchPage } from "../page/api.js";
import { board, placeTicket, removeTicket, revive } from "./board.js";
import { focusInPlace, hear, isModified, query } from "../page/dom.js";
import { enterCard } from "./focus.js";
import { canBeSeen, cardOf, cardWith, linkOf } from "../page/places.js";
import { TicketView } from "../ticket/view.js";
import { moveToasts, toast } from "../page/toast.js";
import { undoableDeletion } from "../ticket/undo.js";
import { t } from "../page/language.js";

const NOT_THE_CARD = "a:not([data-open]), button, input, select, textarea, summary, label";

const dialog = query("[data-ticket-dialog]");
const view = dialog && new TicketView(dialog, placeTicket, afterDelete);
const home = { path: location.pathname, title: document.title };
let turn = 0;

export function startDialog() {
  hear(board, "click", clickCard);
  hear(query("[data-dialog-close]", dialog), "click", () => dialog.close());
  hear(dialog, "close", afterClose);
  hear(window, "popstate", (event) => travel(event.state));
  return view.handlers;
}

/** Shows a ticket's current state, on the board and where it is open. */
export function showTicket(ticket) {
  revive(ticket.id);
  placeTicket(ticket);
  if (ticket.id === view.id) view.refresh();
}

function clickCard(event) {
  const link = linkOf(cardOf(event.target));
  if (!link || isModified(event) || event.target.closest(NOT_THE_CARD)) return;
  event.preventDefault();
  focusInPlace(link);
  openTicket(link.href);
}

async function openTicket(url) {
  const mine = (turn += 1);
  board.ariaBusy = "true";
  const page = await fetchPage(url).catch((error) => cannotOpen(url, error));
  if (mine !== turn) return;
  board.ariaBusy = null;
  if (!page) return;
  view.show(page, url);
  if (history.state?.ticket !== url) history[dialog.open ? "replaceState" : "pushState"]({ ticket: url }, "", url);
  document.title = page.title;
  if (!dialog.open) dialog.showModal();
  query("[tabindex]", view.root)?.focus();
  moveToasts();
}

function cannotOpen(url, error) {
  if (error instanceof Unreachable) toast(error.message, { failed: true, action: t("Retry"), run: () => openTicket(url) });
  else toast(t("This ticket is not there any more."), { failed: true });
}

// After a reload, the page at this address may differ from the history's state.
function travel(state) {
  turn += 1;
  board.ariaBusy = null;
  if (location.pathname === home.path) dialog.close();
  else if (state?.ticket) openTicket(state.ticket);
  else location.reload();
}

function afterClose() {
  const { id, root, typed } = view;
  root.remove();
  document.title = home.title;
  moveToasts();
  if (typed) toast(t("What you typed is not saved yet. It is kept with the ticket."));
  const card = cardWith(id);
  enterCard(canBeSeen(card) ? card : undefined);
  if (history.state?.ticket) history.back();
}

function afterDelete(deletion) {
  const { id } = deletion;
  if (id === view.id) dialog.close();
  removeTicket(id);
  undoableDeletion(deletion);
}
