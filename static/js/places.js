/** Where cards lie among those that can be seen, and where they could go: what is filtered out or in the air does not count. */

import { query, queryAll } from "./dom.js";

const VISIBLE = "[data-ticket]:not([hidden], [data-carried])";

/** The card that an element is part of, if any. */
export const cardOf = (element) => element?.closest("[data-ticket]");

/** The link of a card, if there is one, which opens its ticket and takes the focus for it. */
export const linkOf = (card) => card?.querySelector("[data-open]");

export const visible = (root) => queryAll(VISIBLE, root);

export const columnName = (list) => query("[data-column-name]", list.closest("[data-column-panel]")).textContent;

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
  const others = [neighbour(card, "next"), neighbour(card, "previous"), ...visible(board)];
  const heir = others.find((other) => other && other !== card && other.checkVisibility());
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
  const lists = queryAll("[data-column]", home.closest("[data-board]"));
  const list = lists[lists.indexOf(home) + ({ left: -1, right: 1 }[way] ?? 0)];
  const first = visible(home).indexOf(cards[0]);
  return list && placeIn(list, cards, { top: 0, up: first - 1, down: first + 1, bottom: Infinity }[way] ?? first);
}
