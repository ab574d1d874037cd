/**
 * The positions of visible cards, and where they could move: filtered and dragged cards do not count. A board may have
 * thousands of cards: they are found by id or from list to list, and nothing forces a layout.
 */

import { byId, query } from "./dom.js";

export const PANEL = "[data-column-panel]";

const VISIBLE = "[data-ticket]:not([hidden], [data-carried])";

/** The column panels of a board, in their order. */
export const panelsOf = (board) => [...board.children].filter((child) => child.matches(PANEL));

/** The card lists of a board. */
export const listsOf = (board) => panelsOf(board).map(listIn);

/** The card list in a panel. */
export const listIn = (panel) => panel?.querySelector("[data-column]");

/** The panel of a column, if there is one. */
export const panelOf = (columnId) => byId(`column-${columnId}`)?.closest(PANEL);

/** The cards of a list. */
export const cardsOf = (list) => [...list.children].filter(({ dataset }) => dataset.ticket);

export const cardWith = (id) => byId(`card-${id}`);

/** The card that contains an element, if any. */
export const cardOf = (element) => element?.closest("[data-ticket]");

/** The link of a card, if there is one, which opens its ticket and is focused on its behalf. */
export const linkOf = (card) => card?.querySelector("[data-open]");

/** The cards of a list that count, even if its column is collapsed. */
export const visible = (list) => cardsOf(list).filter((card) => card.matches(VISIBLE));

/** Those of a board. */
export const visibleOn = (board) => listsOf(board).flatMap(visible);

/** Whether a card is visible: neither filtered out nor in a collapsed column, though it may be being dragged. */
export const canBeSeen = (card) => Boolean(card?.isConnected && !card.closest("[hidden], [data-collapsed]"));

/** A card's key, such as "PUNT-12". */
export const keyOf = ({ dataset }) => `${query("[data-board]").dataset.projectKey}-${dataset.number}`;

export const columnName = (inside) => query("[data-column-name]", inside.closest(PANEL)).textContent;

/** The "next" or "previous" visible card from an element of a list. */
export function neighbour(element, side) {
  let other = element;
  do other = other[`${side}ElementSibling`];
  while (other && !other.matches(VISIBLE));
  return other;
}

export const placeOf = (card) => ({ list: card.parentElement, next: neighbour(card, "next"), previous: neighbour(card, "previous") });

/** What gets the focus of a card that goes: the button that expands its column, a card nearby, or the board. */
export function heirOf(card) {
  const board = card.closest("[data-board]");
  const others = [neighbour(card, "next"), neighbour(card, "previous"), ...visibleOn(board)];
  const heir = others.find((other) => other !== card && canBeSeen(other));
  return card.closest("[data-collapsed]")?.querySelector("header > [data-collapse]") ?? linkOf(heir) ?? board;
}

/** The position in `list` below so many cards, not counting `cards` themselves: {list, next, previous}. */
export function placeIn(list, cards, above = Infinity) {
  const others = visible(list).filter((card) => !cards.includes(card));
  const at = Math.max(0, Math.min(above, others.length));
  return { list, next: others[at] ?? null, previous: others[at - 1] ?? null };
}

/** Where "top", "up", "down", "bottom", "left" or "right" moves `cards`, if anywhere. */
export function placeToward(way, cards) {
  const home = cards[0].parentElement;
  const lists = listsOf(home.closest("[data-board]"));
  const list = lists[lists.indexOf(home) + ({ left: -1, right: 1 }[way] ?? 0)];
  const first = visible(home).indexOf(cards[0]);
  return list && placeIn(list, cards, { top: 0, up: first - 1, down: first + 1, bottom: Infinity }[way] ?? first);
}
