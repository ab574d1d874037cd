/** Makes the board true again without a reload, from the server's own page of it, after a reset. */

import { Unreachable, fetchPage } from "./api.js";
import { PANEL, countCards } from "./board.js";
import { showColumn } from "./columns.js";
import { query, queryAll } from "./dom.js";

const PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
const SPREAD = 1_000;

const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));

export class Resync {
  #board;
  #onLost;
  #url = location.pathname; // without filters: they only hide
  #running = false;
  #wanted = false;

  /** Calls `onLost()` when the board is out of reach for good. */
  constructor(board, onLost) {
    this.#board = board;
    this.#onLost = onLost;
  }

  get handlers() {
    const run = () => this.run();
    return { "stream.reset": run };
  }

  async run() {
    this.#wanted = true;
    if (this.#running) return;
    this.#running = true;
    await sleep(Math.random() * SPREAD); // everybody who has this board open asks now
    for (let pause = PAUSE; this.#wanted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      this.#wanted = false;
      await this.#once().catch(reportError);
      if (this.#wanted) await sleep(pause * (0.5 + Math.random()));
    }
    this.#running = false;
  }

  async #once() {
    const known = new Map(this.#board.cards.map(({ dataset }) => [dataset.ticket, dataset.version]));
    try {
      const page = await fetchPage(this.#url);
      query("[data-people]").replaceWith(query("[data-people]", page));
      this.#adopt(query("[data-board]", page), known);
    } catch (error) {
      if (error instanceof Unreachable) this.#wanted = true;
      else if (error.status === 404) this.#onLost();
      else throw error;
    }
  }

  // What arrived live while we were asking is newer than the answer; only what lay here before is doubted.
  #adopt(fresh, known) {
    const cards = queryAll("[data-ticket]", fresh).map((card) => [card, card.parentElement.dataset.column]);
    cards.forEach(([card]) => card.remove());
    const panels = queryAll(PANEL, fresh).map(({ dataset }) => showColumn(this.#board.root, JSON.parse(dataset.columnWire)));
    for (const [card, column] of cards) {
      this.#board.adopt(card, column, known.get(card.dataset.ticket));
      known.delete(card.dataset.ticket);
    }
    for (const id of known.keys()) this.#board.remove(id);
    for (const panel of queryAll(PANEL, this.#board.root)) {
      if (panels.includes(panel)) countCards(panel);
      else panel.remove();
    }
  }
}
