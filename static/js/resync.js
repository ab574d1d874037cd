/** Makes the board true again without a reload when its stream cannot be continued. */

import { ApiError, api } from "./api.js";

const PAUSE = 1_000;

export class Resync {
  #board;
  #columns;
  #onProject;
  #onLabel;
  #onLost;
  #running = false;
  #wanted = false;

  /** Hands the project and its labels to `onProject` and `onLabel`; calls `onLost()` when the project is out of reach. */
  constructor(board, columns, { onProject, onLabel, onLost }) {
    this.#board = board;
    this.#columns = columns;
    this.#onProject = onProject;
    this.#onLabel = onLabel;
    this.#onLost = onLost;
  }

  async run() {
    this.#wanted = true;
    if (this.#running) return;
    this.#running = true;
    while (this.#wanted) {
      this.#wanted = false;
      await this.#once();
      if (this.#wanted) await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    this.#running = false;
  }

  async #once() {
    const known = new Map(this.#board.cards.map(({ dataset }) => [dataset.ticket, dataset.version]));
    const columns = this.#columns.ids;
    this.#board.reviveAll();
    try {
      this.#reconcile(known, columns, await this.#fetch());
    } catch (error) {
      if (error instanceof ApiError) this.#onLost();
      else this.#wanted = true;
    }
  }

  #fetch() {
    const { path } = this.#board;
    return Promise.all(["", "/columns", "/labels", "/tickets"].map((part) => api.get(path + part)));
  }

  // What arrived live while we were asking is newer than the answer; only what lay here before is doubted.
  #reconcile(known, oldColumns, [project, columns, labels, tickets]) {
    this.#onProject(project);
    columns.forEach((column) => this.#columns.show(column));
    labels.forEach((label) => this.#onLabel(label));
    for (const ticket of tickets) {
      const version = this.#board.card(ticket.id)?.dataset.version;
      this.#board.place(ticket, { anew: version === known.get(ticket.id) });
    }
    missing([...known.keys()], tickets).forEach((id) => this.#board.remove(id));
    missing(oldColumns, columns).forEach((id) => this.#columns.remove(id));
  }
}

function missing(ids, things) {
  const there = new Set(things.map(({ id }) => id));
  return ids.filter((id) => !there.has(id));
}
