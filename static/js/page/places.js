/**
 * Where cards lie among those that can be seen, and where they could go: what is filtered out or in the air does not
 * count. A board may hold thousands of cards: they are found by id or from list to list, and no question asks for layout.
 */

import { byId, query } from "./dom.js";

export const PANEL = "[data-column-panel]";

const VISIBLE = "[data-ticket]:not([hidden], [data-carried])";

/** The columns' panels of a board, in their order. */
export const panelsOf = (board) => [...board.children].filter((child) => child.matches(PANEL));

/** The lists of cards of a board. */
export const listsOf = (board) => panelsOf(board).map(listIn);

/** The list of cards in a panel. */
export const listIn = (panel) => panel?.querySelector("[data-column]");

/** The panel of a column, if it is there. */
export const panelOf = (columnId) => byId(`column-${columnId}`)?.closest(PANEL);

/** The cards of a list. */
export const cardsOf = (list) => [...list.children].filter(({ dataset }) => dataset.ticket);

export const cardWith = (id) => byId(`card-${id}`);

/** The card that an element is part of, if any. */
export const cardOf = (element) => element?.closest("[data-ticket]");

/** The link of a card, if there is one, which opens its ticket and takes the focus for it. */
export const linkOf = (card) => card?.querySelector("[data-open]");

/** The cards of a list that count, though its column may be folded. */
export const visible = (list) => cardsOf(list).filter((card) => card.matches(VISIBLE));

/** Those of a board. */
export const visibleOn = (board) => listsOf(board).flatMap(visible);

/** Whether a card is there to be looked at: neither filtered out nor folded away, though it may be in the air. */
export const canBeSeen = (card) => Boolean(card?.isConnected && !card.closest("[hidden], [data-collapsed]"));

/** "PUNT-12", of a card. */
export const keyOf = ({ dataset }) => `${query("[data-board]").dataset.projectKey}-${dataset.number}`;

export const columnName = (inside) => query("[data-column-name]", inside.closest(PANEL)).textContent;

/** The visible card that is "next" or "previous" to an element of a list. */
export function neighbour(element, side) {
  let other = element;
  do other = other[`${side}ElementSibling`];
  while (other && !other.matches(VISIBLE));
  return other;
}

export const placeOf = (card) => ({ list: card.parentElement, next: neighbour(card, "next"), previous: neighbour(card, "previous") });

/** What takes over the focus of a card that goes: the button that unfolds its column, a card nearby, else the board. */
export function heirOf(card) {
  const board = card.closest("[data-board]");
  const others = [neighbour(card, "next"), neighbour(card, "previous"), ...visibleOn(board)];
  const heir = others.find((other) => other !== card && canBeSeen(other));
  return card.closest("[data-collapsed]")?.querySelector("header > [data-collapse]") ?? linkOf(heir) ?? board;
}

/** The place in `list` below so many cards, not counting `cards` themselves: {list, next, previous}. */
export function placeIn(list, cards, above = Infinity) {
  const others = visible(list).filter((card) => !cards.includes(card));
  const at = Math.max(0, Math.min(above, others.length));
  return { list, next: others[at] ?? null, previous: others[at - 1] ?? null };
}

/** Where "top", "up", "down", "bottom", "left" or "right" leads `cards`, if anywhere. */
export function placeToward(way, cards) {
  const home = cards[0].parentElement;
  const lists = listsOf(home.closest("[data-board]"));
  const list = lists[lists.indexOf(home) + ({ left: -1, right: 1 }[way] ?? 0)];
  const first = visible(home).indexOf(cards[0]);
  return list && placeIn(list, cards, { top: 0, up: first - 1, down: first + 1, bottom: Infinity }[way] ?? first);
}
