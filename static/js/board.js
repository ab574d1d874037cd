/** The board: which card lies where. The page itself is the state. */

import { blank } from "./blank.js";
import { fillCard } from "./card.js";
import { focusInPlace, focused, query, queryAll } from "./dom.js";
import { markCard } from "./drafts.js";
import { insert } from "./insert.js";
import { heirOf, linkOf } from "./places.js";
import { writeAttribute, writeText } from "./write.js";

export const PANEL = "[data-column-panel]";

export class Board {
  /** Called when a ticket lies in a column that this page does not have. */
  onUnknownColumn = () => {};

  #people;
  #held = new Map();
  #gone = new Set();

  constructor(root, people) {
    this.root = root;
    this.canEdit = root.dataset.canEdit === "true";
    this.tickets = `/api/projects/${root.dataset.project}/tickets`;
    this.#people = people;
  }

  get cards() {
    return queryAll("[data-ticket]", this.root);
  }

  card(id) {
    return query(`[data-ticket="${CSS.escape(id)}"]`, this.root);
  }

  list(columnId) {
    return query(`[data-column="${CSS.escape(columnId)}"]`, this.root);
  }

  /**
   * Shows the ticket as it is: creates, fills and moves its card as needed, and returns it. The same ticket
   * again, or an older version of it, changes nothing.
   */
  place(ticket) {
    if (this.#gone.has(ticket.id) || this.#keep(ticket)) return null;
    const card = this.card(ticket.id) ?? blank("card");
    if (Number(card.dataset.version) > ticket.version) return card;
    fillCard(card, ticket, this.#people);
    markCard(card);
    this.#settle(card, ticket.columnId);
    return card;
  }

  /** Takes a card from a fresh copy of the board, unless ours is no longer of the version `known` before it was fetched. */
  adopt(fresh, columnId, known) {
    const { ticket } = fresh.dataset;
    const card = this.card(ticket);
    markCard(fresh);
    if (this.#gone.has(ticket) || this.#held.has(ticket) || (card && card.dataset.version !== known)) return;
    if (card) wear(fresh, card);
    if (!card || card.isEqualNode(fresh)) return this.#settle(card ?? fresh, columnId);
    const hadFocus = card.contains(focused());
    card.replaceWith(fresh);
    this.#settle(fresh, columnId);
    if (hadFocus) linkOf(fresh).focus();
  }

  /** Puts a card before `next` in `list`. */
  seat(card, list, next) {
    const from = card.parentElement;
    insert(list, card, next);
    for (const changed of new Set([from, list])) if (changed) countCards(changed.closest(PANEL));
  }

  remove(id) {
    this.#gone.add(id);
    const card = this.card(id);
    if (!card) return;
    const panel = card.closest(PANEL);
    const heir = card.contains(focused()) && (linkOf(heirOf(card)) ?? this.root);
    card.remove();
    countCards(panel);
    if (heir) focusInPlace(heir);
  }

  /** Lets a deleted ticket come back. */
  revive(id) {
    this.#gone.delete(id);
  }

  /** Keeps changes away from a card that is being dragged or saved, until as many releases. */
  hold(id) {
    const held = this.#held.get(id) ?? { times: 0, ticket: null };
    held.times += 1;
    this.#held.set(id, held);
  }

  /** Gives the card free and shows the newest of `ticket` and what came meanwhile. */
  release(id, ticket) {
    if (ticket) this.#keep(ticket);
    const held = this.#held.get(id);
    held.times -= 1;
    if (held.times) return;
    this.#held.delete(id);
    this.card(id)?.removeAttribute("data-pending");
    if (held.ticket) this.place(held.ticket);
  }

  #keep(ticket) {
    const held = this.#held.get(ticket.id);
    if (held && !(held.ticket?.version > ticket.version)) held.ticket = ticket;
    return Boolean(held);
  }

  #settle(card, columnId) {
    const list = this.list(columnId);
    if (!list) return this.onUnknownColumn();
    const next = firstAfter(list, card);
    if (card.parentElement !== list || following(card) !== next) this.seat(card, list, next);
  }
}


/** The cards that lie by rank; a pending one lies where it was dropped. */
const RANKED = "[data-ticket]:not([data-pending])";

/** What this window made of a card lasts when the card is replaced. */
function wear(fresh, card) {
  for (const name of ["hidden", "data-selected"]) writeAttribute(fresh, name, card.getAttribute(name));
  for (const name of ["tabindex", "aria-describedby"]) writeAttribute(linkOf(fresh), name, linkOf(card).getAttribute(name));
}

function firstAfter(list, card) {
  const { rank } = card.dataset;
  return queryAll(RANKED, list).find((other) => other !== card && other.dataset.rank > rank) ?? null;
}

function following(card) {
  let next = card.nextElementSibling;
  while (next && !next.matches(RANKED)) next = next.nextElementSibling;
  return next;
}

/** Says how many cards a column's panel holds, and whether it is full. */
export function countCards(panel) {
  const cards = queryAll("[data-ticket]", panel).length;
  const limit = parseInt(query("[data-column-limit]", panel).textContent, 10);
  writeText(query("[data-column-count]", panel), String(cards));
  writeAttribute(panel, "data-full", cards > limit ? "over" : cards === limit ? "full" : null);
}
