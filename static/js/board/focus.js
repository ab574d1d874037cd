/** The focus on the board: its cards are one tab stop, and arrows move between them. */

import { allCards, board } from "./board.js";
import { focusInPlace, focused, hear, watch } from "../page/dom.js";
import { canBeSeen, cardOf, heirOf, linkOf, listsOf, visible, visibleOn } from "../page/places.js";

let wayIn = null;

export function startFocus() {
  hear(board, "focusin", ({ target }) => makeStop(cardOf(target)));
  for (const card of allCards()) linkOf(card).tabIndex = -1;
  findWayIn();
  watch(board, ["hidden", "data-collapsed"], heal);
}

/** The focused card. */
export const focusedCard = () => cardOf(focused());

/** Goes "up", "down", "left", "right", "first" or "last" from the focused card; without one, to the board. */
export function go(way) {
  const card = focusedCard();
  if (!card) return enterCard();
  const list = card.parentElement;
  const lists = listsOf(board).filter((one) => canBeSeen(visible(one)[0]));
  const all = visible(lists[lists.indexOf(list) + ({ left: -1, right: 1 }[way] ?? 0)] ?? list);
  const at = visible(list).indexOf(card);
  const to = { up: at - 1, down: at + 1, first: 0, last: all.length - 1 }[way] ?? Math.min(at, all.length - 1);
  enterCard(all[to] ?? card);
}

export function enterCard(card = wayIn) {
  focusInPlace(linkOf(card) ?? board);
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function makeStop(card) {
  if (!card || card === wayIn) return;
  if (wayIn) linkOf(wayIn).tabIndex = -1;
  wayIn = card;
  linkOf(card).tabIndex = 0;
}

// Cards come, go, are replaced, hidden and collapsed: one of them stays the tab stop, and takes the focus of a hidden one.
function heal(records) {
  for (const card of records.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node.dataset?.ticket)) {
    if (card.dataset.ticket === wayIn?.dataset.ticket) wayIn = card;
    linkOf(card).tabIndex = card === wayIn ? 0 : -1;
  }
  const card = focusedCard();
  if (card && !canBeSeen(card)) heirOf(card).focus();
  findWayIn(records);
}

/** Keeps the tab stop, or moves it to a former neighbour, or to the first visible card. */
function findWayIn(records = []) {
  if (canBeSeen(wayIn)) return;
  const { nextSibling, previousSibling } = records.find(({ removedNodes }) => [...removedNodes].includes(wayIn)) ?? {};
  makeStop([nextSibling, previousSibling, ...visibleOn(board)].find((card) => card?.dataset?.ticket && canBeSeen(card)));
}
