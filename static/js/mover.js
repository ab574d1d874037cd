/** Moves cards at once and tells the server afterwards, in the order of the drops. */

import { announceMove } from "./announcer.js";
import { ApiError, api } from "./api.js";
import { columnName, placeOf } from "./places.js";
import { toast } from "./toast.js";
import { revert, undoable } from "./undo.js";

const ASKED_EVERY = 2_000;
/** Beyond the end of any column. */
const BOTTOM = 1_000_000;

export class Mover {
  #board;
  #queue = Promise.resolve();

  constructor(board) {
    this.#board = board;
  }

  /** Puts `cards` together into `list` between the cards `previous` and `next`, either of which may be null. */
  move(cards, place) {
    const next = seatBefore(place, cards);
    const back = cards.map((card) => [card.dataset.ticket, wishes(placeOf(card))]).reverse();
    const ids = cards.map((card) => {
      const { ticket } = card.dataset;
      this.#board.hold(ticket);
      card.dataset.pending = "";
      this.#board.seat(card, place.list, next);
      return ticket;
    });
    announceMove(cards);
    this.#queue = this.#queue.then(() => this.#send(ids, place, back, wishes(place)));
  }

  // A neighbour may have left meanwhile: then the next wish counts.
  async #send(ids, place, back, [wish, ...others]) {
    try {
      const tickets = await this.#ask(ids, wish);
      for (const ticket of tickets) this.#board.release(ticket.id, ticket);
      this.#offerUndo(tickets, place, back);
    } catch (error) {
      if (error.status === 400 && others.length) return this.#send(ids, place, back, others);
      this.#fail(ids, place, error);
    }
  }

  async #ask(ids, wish) {
    const { tickets } = this.#board;
    return ids[1] ? api.patch(tickets, { ticketIds: ids, updates: wish }) : [await api.patch(`${tickets}/${ids[0]}`, wish)];
  }

  #offerUndo(tickets, { list }, back) {
    const moved = new Map(tickets.map((ticket) => [ticket.id, ticket]));
    const undo = back.map(([id, ways]) => {
      const ticket = moved.get(id);
      return [() => revert(`${this.#board.tickets}/${id}`, ways, ticket, ["columnId", "rank"]), ticket.key];
    });
    undoable(`${tickets[1] ? `${tickets.length} tickets` : tickets[0].key} moved to ${columnName(list)}.`, undo, { quiet: true });
  }

  #fail(ids, place, { message }) {
    const run = () => {
      const cards = ids.map((id) => this.#board.card(id)).filter(Boolean);
      if (cards.length) this.move(cards, place);
    };
    toast(`${ids[1] ? `${ids.length} tickets were` : "The ticket was"} not moved. ${message}`, { failed: true, action: "Retry", run });
    for (const id of ids) this.#askWhereItIs(id);
  }

  // Not back to where it was: others may have moved it meanwhile.
  async #askWhereItIs(id) {
    try {
      this.#board.release(id, await api.get(`${this.#board.tickets}/${id}`));
    } catch (error) {
      if (error instanceof ApiError) this.#giveUp(id, error);
      else setTimeout(() => this.#askWhereItIs(id), ASKED_EVERY);
    }
  }

  #giveUp(id, error) {
    if (error.status === 404) this.#board.remove(id);
    this.#board.release(id);
  }
}

/** The element to put cards before; between the neighbours may lie hidden cards, and the same ones as on the server. */
function seatBefore({ list, next, previous }, cards) {
  if (next?.parentElement === list) return next;
  let after = previous?.parentElement === list ? previous.nextElementSibling : null;
  while (cards.includes(after)) after = after.nextElementSibling;
  return after;
}

function wishes({ list, next, previous }) {
  const columnId = list.dataset.column;
  return [
    ...(next ? [{ columnId, before: next.dataset.ticket }] : []),
    ...(previous ? [{ columnId, after: previous.dataset.ticket }] : []),
    { columnId, order: previous ? BOTTOM : 0 },
  ];
}
