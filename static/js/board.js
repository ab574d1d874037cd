/** The board: which card lies where. The page itself is the state. */

import { blank } from "./blank.js";
import { fillCard } from "./card.js";
import { countCards } from "./columns.js";
import { insert } from "./insert.js";

export class Board {
  #people;
  #onUnknownColumn;
  #held = new Map();
  #gone = new Set();

  /** `onUnknownColumn()` is called when a ticket belongs to a column that this page does not have. */
  constructor(root, people, { onUnknownColumn }) {
    this.root = root;
    this.project = root.dataset.project;
    this.canEdit = root.dataset.canEdit === "true";
    this.path = `/api/projects/${this.project}`;
    this.#people = people;
    this.#onUnknownColumn = onUnknownColumn;
  }

  get cards() {
    return [...this.root.querySelectorAll("[data-ticket]")];
  }

  card(id) {
    return this.root.querySelector(`[data-ticket="${CSS.escape(id)}"]`);
  }

  list(columnId) {
    return this.root.querySelector(`[data-column="${CSS.escape(columnId)}"]`);
  }

  ticketPath(id) {
    return `${this.path}/tickets/${id}`;
  }

  /**
   * Shows the ticket as it is: creates, fills and moves its card as needed, and returns it. Placing the
   * same ticket again, or an older version, changes nothing; `anew` also accepts an older version.
   */
  place(ticket, { anew = false } = {}) {
    if (this.#gone.has(ticket.id) || this.#keepForLater(ticket)) return null;
    const list = this.list(ticket.columnId);
    if (!list) {
      this.#onUnknownColumn();
      return null;
    }
    const card = this.card(ticket.id) ?? blank("card");
    if (!anew && Number(card.dataset.version) > ticket.version) return card;
    fillCard(card, ticket, this.#people);
    const next = firstAfter(list, card);
    if (card.parentElement !== list || following(card) !== next) this.seat(card, list, next);
    return card;
  }

  /** Puts a card before `next` in `list`. */
  seat(card, list, next) {
    const from = card.parentElement;
    insert(list, card, next);
    for (const changed of new Set([from, list])) if (changed) countCards(changed);
  }

  remove(id) {
    this.#gone.add(id);
    const card = this.card(id);
    if (!card) return;
    const list = card.parentElement;
    const heir = card.contains(document.activeElement) && (card.nextElementSibling ?? card.previousElementSibling);
    card.remove();
    countCards(list);
    if (heir) heir.querySelector("[data-open]")?.focus();
  }

  /** Lets a deleted ticket come back. */
  revive(id) {
    this.#gone.delete(id);
  }

  reviveAll() {
    this.#gone.clear();
  }

  /** Keeps changes away from a card that is being dragged or saved, until as many releases. */
  hold(id) {
    const held = this.#held.get(id) ?? { times: 0, ticket: null };
    held.times += 1;
    this.#held.set(id, held);
  }

  /** Gives the card free and shows the newest of `ticket` and what came meanwhile. */
  release(id, ticket) {
    if (ticket) this.#keepForLater(ticket);
    const held = this.#held.get(id);
    held.times -= 1;
    if (held.times > 0) return;
    this.#held.delete(id);
    this.card(id)?.removeAttribute("data-pending");
    if (held.ticket) this.place(held.ticket);
  }

  #keepForLater(ticket) {
    const held = this.#held.get(ticket.id);
    if (held && !(held.ticket?.version > ticket.version)) held.ticket = ticket;
    return Boolean(held);
  }
}

/** The cards of a list that lie by rank; a pending one lies where it was dropped. */
const RANKED = ":scope > [data-ticket]:not([data-pending])";

function firstAfter(list, card) {
  const others = [...list.querySelectorAll(RANKED)];
  return others.find((other) => other !== card && other.dataset.rank > card.dataset.rank) ?? null;
}

function following(card) {
  let next = card.nextElementSibling;
  while (next && !next.matches("[data-ticket]:not([data-pending])")) next = next.nextElementSibling;
  return next;
}
