/** What can be done on a board by key, menu or button: every command once. Those about a card do nothing without one. */

import { board, canEdit, listOf } from "./board.js";
import { openCardMenu, startCardMenu } from "./card-menu.js";
import { hear, query, queryAll } from "../page/dom.js";
import { startDrag } from "./drag.js";
import { enterCard, focusedCard, startFocus } from "./focus.js";
import { moveCards } from "./mover.js";
import { PANEL, canBeSeen, cardOf, linkOf, placeIn, placeOf, placeToward } from "../page/places.js";
import { clearSelection, extendSelection, selectedCards, selectedWith, startSelection, toggleSelected } from "./selection.js";
import { startShortcuts } from "./shortcuts.js";
import { table } from "../page/table.js";

const WAYS = ["top", "up", "down", "bottom", "left", "right"];
const OPENED_AT = ["title", "assigneeId", "labelIds", "priority", "dueDate", "open"];
const DIALOG_WAIT = 5_000;

export function startMoving() {
  const commands = {
    help: () => query("[data-shortcuts]").showModal(),
    search: () => query("[data-search]")?.focus(),
    ...(canEdit && hands()),
  };
  hear(window, "click", ({ target }) => {
    const button = target.closest("[data-act]");
    commands[button?.dataset.act]?.(cardOf(button) ?? focusedCard(), button);
  });
  startFocus();
  startShortcuts(commands);
}

function hands() {
  for (const start of [startDrag, startSelection, startCardMenu]) start();
  return {
    ...table(WAYS, (way) => (card) => move(card, (cards) => placeToward(way, cards))),
    ...table(OPENED_AT, (name) => (card) => card && openAt(card, name)),
    column: (card, { dataset }) => move(card, (cards) => placeIn(listOf(dataset.to), cards)),
    menu: (card, button) => openCardMenu(card ?? selectedCards()[0], button),
    new: (card) => openAdder(card?.closest(PANEL) ?? board),
    toggle: (card) => card && toggleSelected(card),
    extend: (card) => card && extendSelection(card),
    clear: clearSelection,
  };
}

function move(card, findPlace) {
  const cards = card ? selectedWith(card) : [];
  const place = card && findPlace(cards);
  if (place && !lieThere(cards, place)) moveCards(cards, place);
  if (canBeSeen(card)) enterCard(card);
}

// Moving a card that is at the end already would only be announced, and be an action to undo.
const lieThere = ([card, another], place) => !another && Object.entries(placeOf(card)).every(([what, is]) => place[what] === is);

function openAdder(place) {
  const adder = queryAll("[data-quick-add]", place).find((one) => one.checkVisibility());
  if (!adder) return;
  adder.open = true;
  query("[name=title]", adder).focus();
}

/** Opens a card's ticket, at the named field if there is one; otherwise the dialog chooses the focus. */
function openAt(card, name) {
  const dialog = query("[data-ticket-dialog]");
  const enter = () => query(`[name="${name}"]:not([type=hidden])`, dialog)?.focus();
  hear(dialog, "focusin", () => setTimeout(enter), { once: true, signal: AbortSignal.timeout(DIALOG_WAIT) });
  linkOf(card).click();
}
