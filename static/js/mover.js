/** Moves cards at once and tells the server afterwards, in the order of the drops. */

import { ApiError, api } from "./api.js";
import { toast } from "./toast.js";
import { revert, undoable } from "./undo.js";

const PAUSE = 2_000;

export class Mover {
  #board;
  #queue = Promise.resolve();

  constructor(board) {
    this.#board = board;
  }

  /** Puts `card` into `list` between the cards `previous` and `next`, either of which may be null. */
  move(card, { list, next, previous }) {
    const id = card.dataset.ticket;
    const back = wishes(card.parentElement, card.nextElementSibling, card.previousElementSibling);
    const again = () => this.move(this.#board.card(id), { list, next, previous });
    this.#board.hold(id);
    card.dataset.pending = "";
    this.#board.seat(card, list, next?.parentElement === list ? next : null);
    this.#queue = this.#queue.then(() => this.#send(id, wishes(list, next, previous), back, again));
  }

  // A neighbour may have left meanwhile: then the next wish counts.
  async #send(id, [wish, ...others], back, again) {
    const path = `${this.#board.tickets}/${id}`;
    try {
      const ticket = await api.patch(path, wish);
      this.#board.release(id, ticket);
      const undo = () => revert(path, back, ticket, ["columnId", "rank"]);
      undoable(`${ticket.key} moved to ${this.#board.columnName(ticket.columnId)}.`, undo);
    } catch (error) {
      if (error.status === 400 && others.length) return this.#send(id, others, back, again);
      toast(`The ticket was not moved. ${error.message}`, { action: "Try again", run: again });
      this.#askWhereItIs(id);
    }
  }

  // Not back to where it was: others may have moved it meanwhile.
  async #askWhereItIs(id) {
    try {
      this.#board.release(id, await api.get(`${this.#board.tickets}/${id}`));
    } catch (error) {
      if (error instanceof ApiError) this.#giveUp(id, error);
      else setTimeout(() => this.#askWhereItIs(id), PAUSE);
    }
  }

  #giveUp(id, error) {
    if (error.status === 404) this.#board.remove(id);
    this.#board.release(id);
  }
}

function wishes(list, next, previous) {
  const columnId = list.dataset.column;
  const beside = { before: next, after: previous };
  const neighbours = Object.entries(beside).filter(([, card]) => card);
  return [...neighbours.map(([side, card]) => ({ columnId, [side]: card.dataset.ticket })), { columnId }];
}
