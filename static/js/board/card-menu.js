/** The menu of a card, or of all selected ones: a single one for the whole board, in the top layer. */

import { blank } from "../page/blank.js";
import { board } from "./board.js";
import { boxOf, focused, hear, query, queryAll, zoomOf } from "../page/dom.js";
import { enterCard } from "./focus.js";
import { columnName, keyOf, listsOf } from "../page/places.js";
import { selectedWith } from "./selection.js";
import { plural } from "../page/language.js";

const GAP = 8;

const popup = query("[data-card-menu]");

export function startCardMenu() {
  // The key that opens it would also open the browser's own menu.
  hear(window, "contextmenu", (event) => popup.matches(":popover-open") && event.preventDefault());
  // Closing returns the focus to the card, which the command then applies to.
  hear(popup, "click", ({ target }) => target.closest("[data-act]") && popup.hidePopover());
  hear(popup, "keydown", stepInMenu);
  hear(popup, "toggle", () => focused() === document.body && enterCard());
}

/** Opens at `anchor` for `card`, and for all that are selected with it. */
export function openCardMenu(card, anchor = card?.querySelector("[data-act=menu]")) {
  if (!card) return;
  const cards = selectedWith(card);
  const lists = listsOf(board).filter((list) => cards.some((one) => one.parentElement !== list));
  query("[data-menu-title]", popup).textContent = cards[1] ? plural("%(num)s ticket", "%(num)s tickets", cards.length) : keyOf(card);
  query("[data-menu-columns]", popup).replaceChildren(...lists.map(columnItem));
  for (const item of queryAll("[data-single]", popup)) item.hidden = cards.length > 1;
  enterCard(card);
  showAt(boxOf(anchor));
  menuItems()[0].focus();
}

const menuItems = () => queryAll("[data-act]:not([hidden])", popup);

function showAt({ right, top, bottom }) {
  popup.showPopover();
  const { width, height } = boxOf(popup);
  const zoom = zoomOf(popup);
  const y = bottom + height + GAP < innerHeight ? bottom : top - height;
  popup.style.left = `${Math.max(GAP, right - width) / zoom}px`;
  popup.style.top = `${Math.max(GAP, Math.min(y, innerHeight - height - GAP)) / zoom}px`;
}

function stepInMenu(event) {
  const items = menuItems();
  const at = items.indexOf(focused());
  const step = { ArrowDown: 1, ArrowUp: -1, Home: -at, End: -at - 1 }[event.key];
  if (event.key === "Tab") popup.hidePopover();
  if (step === undefined) return;
  event.preventDefault();
  items.at((at + step) % items.length).focus();
}

function columnItem(list) {
  const item = blank("menu-column");
  item.dataset.to = list.dataset.column;
  item.textContent = columnName(list);
  return item;
}
