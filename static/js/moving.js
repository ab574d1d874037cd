/** What can be done on a board by key, menu or button: every command once. Those about a card do nothing without one. */

import { CardMenu } from "./card-menu.js";
import { hear, query } from "./dom.js";
import { Drag } from "./drag.js";
import { Focus } from "./focus.js";
import { Mover } from "./mover.js";
import { cardOf, linkOf, placeIn, placeToward } from "./places.js";
import { SelectedCards } from "./selection.js";
import { startShortcuts } from "./shortcuts.js";

const WAYS = ["top", "up", "down", "bottom", "left", "right"];
const OPENED_AT = ["title", "assigneeId", "labelIds", "priority", "dueDate", "open"];
const DIALOG_WAIT = 5_000;

export function startMoving(board) {
  const focus = new Focus(board.root);
  const commands = {
    help: () => query("[data-shortcuts]").showModal(),
    search: () => query("[data-search]")?.focus(),
    ...(board.canEdit && hands(board, focus)),
  };
  hear(window, "click", ({ target }) => {
    const button = target.closest("[data-act]");
    commands[button?.dataset.act]?.(cardOf(button) ?? focus.card, button);
  });
  focus.start();
  startShortcuts(focus, commands);
}

function hands(board, focus) {
  const mover = new Mover(board);
  const selection = new SelectedCards(board);
  const menu = new CardMenu(board, focus, selection);
  for (const part of [new Drag(board, mover, selection), selection, menu]) part.start();
  const move = (card, findPlace) => {
    const cards = card ? selection.with(card) : [];
    const place = card && findPlace(cards);
    if (place) mover.move(cards, place);
    if (card?.checkVisibility()) focus.enter(card);
  };
  return {
    ...table(WAYS, (way) => (card) => move(card, (cards) => placeToward(way, cards))),
    ...table(OPENED_AT, (name) => (card) => card && openAt(card, name)),
    column: (card, { dataset }) => move(card, (cards) => placeIn(board.list(dataset.to), cards)),
    menu: (card, button) => menu.open(card ?? selection.cards[0], button),
    new: (card) => query("[data-quick-add]", (card?.closest("[data-column-panel]") ?? board.root)).setAttribute("open", ""),
    toggle: (card) => card && selection.toggle(card),
    extend: (card) => card && selection.extend(card),
    clear: () => selection.clear(),
  };
}

const table = (names, make) => Object.fromEntries(names.map((name) => [name, make(name)]));

/** Opens a card's ticket, at the field of that name where there is one; the dialog first focuses what it sees fit. */
function openAt(card, name) {
  const dialog = query("[data-ticket-dialog]");
  const enter = () => query(`[name="${name}"]:not([type=hidden])`, dialog)?.focus();
  hear(dialog, "focusin", () => setTimeout(enter), { once: true, signal: AbortSignal.timeout(DIALOG_WAIT) });
  linkOf(card).click();
}
