/** The board: which card is where. The DOM is the state. */

import { blank } from "../page/blank.js";
import { fillCard } from "./card.js";
import { focusInPlace, focused, query } from "../page/dom.js";
import { missSomething } from "../page/doubt.js";
import { markCard } from "../forms/drafts.js";
import { insert } from "./insert.js";
import { PANEL, canBeSeen, cardWith, cardsOf, heirOf, linkOf, listIn, listsOf, panelOf } from "../page/places.js";
import { prefix } from "../page/prefix.js";
import { writeAttribute, writeText } from "../page/write.js";

/** The board of this page, if there is one. */
export const board = query("[data-board]");

export const canEdit = board?.dataset.canEdit === "true";

/** The project's address in the API. */
export const projectPath = `${prefix}/api/projects/${board?.dataset.project}`;

/** The address of its tickets in the API. */
export const ticketsPath = `${projectPath}/tickets`;

/** The cards in a list by rank; a pending one is where it was dropped. */
const isRanked = ({ dataset }) => dataset.ticket && !("pending" in dataset);

const held = new Map();
const deleted = new Set();

export const allCards = () => listsOf(board).flatMap(cardsOf);

/** The list of cards of a column. */
export const listOf = (columnId) => listIn(panelOf(columnId));

/**
 * Shows a ticket: creates, fills and moves its card as needed, and returns it. The same ticket
 * again, or an older version of it, changes nothing.
 */
export function placeTicket(ticket) {
  if (deleted.has(ticket.id) || keepNewest(ticket)) return null;
  const card = cardWith(ticket.id) ?? blank("card");
  if (Number(card.dataset.version) > ticket.version) return card;
  fillCard(card, ticket);
  markCard(card);
  settleCard(card, ticket.columnId);
  return card;
}

/** Takes a card from a fresh copy of the board, unless ours has changed since version `known`, before it was fetched. */
export function adoptCard(fresh, columnId, known) {
  const { ticket } = fresh.dataset;
  const card = cardWith(ticket);
  markCard(fresh);
  if (held.has(ticket)) held.get(ticket).missed = true;
  if (deleted.has(ticket) || held.has(ticket) || (card && card.dataset.version !== known)) return;
  if (card) wear(fresh, card);
  if (!card || card.isEqualNode(fresh)) return settleCard(card ?? fresh, columnId);
  const hadFocus = card.contains(focused());
  card.replaceWith(fresh);
  settleCard(fresh, columnId);
  if (hadFocus) linkOf(fresh).focus();
}

/** Puts a card before `next` in `list`. In a collapsed column it cannot keep the focus. */
export function seat(card, list, next) {
  const from = card.parentElement;
  const hadFocus = card.contains(focused());
  insert(list, card, next);
  if (hadFocus && !canBeSeen(card)) focusInPlace(heirOf(card));
  for (const changed of new Set([from, list])) if (changed) countCards(changed.closest(PANEL));
}

export function removeTicket(id) {
  deleted.add(id);
  const card = cardWith(id);
  if (!card) return;
  const panel = card.closest(PANEL);
  const heir = card.contains(focused()) && heirOf(card);
  card.remove();
  countCards(panel);
  if (heir) focusInPlace(heir);
}

/** Allows a deleted ticket to be shown again. */
export const revive = (id) => deleted.delete(id);

/** Allows all to be shown again, for a copy of the board that is requested from here on. */
export const reviveAll = () => deleted.clear();

/** Keeps changes away from a card that is being dragged or saved, until it is released as often. */
export function hold(id) {
  const hand = held.get(id) ?? { times: 0, home: cardWith(id).parentElement.dataset.column };
  hand.times += 1;
  held.set(id, hand);
}

/** Releases the card and shows the newest of `ticket` and what arrived meanwhile; without any, it returns to where it was. */
export function release(id, ticket) {
  if (ticket) keepNewest(ticket);
  const hand = held.get(id);
  hand.times -= 1;
  if (hand.times) return;
  held.delete(id);
  const card = cardWith(id);
  card?.removeAttribute("data-pending");
  if (hand.ticket) placeTicket(hand.ticket);
  else if (card) settleCard(card, hand.home);
  if (hand.missed || !(card || hand.ticket || deleted.has(id))) missSomething();
}

/** Shows how many cards a column's panel contains, and whether it is full. */
export function countCards(panel) {
  const cards = cardsOf(listIn(panel)).length;
  const limit = Number(panel.dataset.limit || NaN);
  writeText(query("[data-column-count]", panel), String(cards));
  writeAttribute(panel, "data-full", cards > limit ? "over" : cards === limit ? "full" : null);
}

function keepNewest(ticket) {
  const hand = held.get(ticket.id);
  if (hand && !(hand.ticket?.version > ticket.version)) hand.ticket = ticket;
  return Boolean(hand);
}

function settleCard(card, columnId) {
  const list = listOf(columnId);
  if (!list) return missSomething();
  const next = firstAfter(list, card);
  if (card.parentElement !== list || following(card) !== next) seat(card, list, next);
}

/** What this window added to a card survives when the card is replaced. */
function wear(fresh, card) {
  for (const name of ["hidden", "data-selected"]) writeAttribute(fresh, name, card.getAttribute(name));
  for (const name of ["tabindex", "aria-describedby"]) writeAttribute(linkOf(fresh), name, linkOf(card).getAttribute(name));
}

function firstAfter(list, card) {
  const { rank } = card.dataset;
  return [...list.children].find((other) => other !== card && isRanked(other) && other.dataset.rank > rank) ?? null;
}

function following(card) {
  let next = card.nextElementSibling;
  while (next && !isRanked(next)) next = next.nextElementSibling;
  return next;
}
