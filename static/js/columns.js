/** The columns of a board: their names, limits and order, and how many cards each holds. */

import { blank } from "./blank.js";
import { insert } from "./insert.js";
import { writeAttribute, writeData, writeText } from "./write.js";

export class Columns {
  #board;

  constructor(board) {
    this.#board = board;
  }

  get handlers() {
    const show = (column) => this.show(column);
    return {
      "column.created": show,
      "column.updated": show,
      "column.deleted": ({ id }) => this.remove(id),
    };
  }

  get ids() {
    return this.#panels.map((panel) => panel.dataset.columnPanel);
  }

  /** Creates or changes a column's panel and puts the panels into order. */
  show({ id, name, wipLimit, order }) {
    const panel = this.#panel(id) ?? this.#add(id);
    writeData(panel, { order });
    for (const words of panel.querySelectorAll("[data-column-name]")) writeText(words, name);
    showLimit(panel, wipLimit);
    this.#arrange();
  }

  remove(id) {
    this.#panel(id)?.remove();
  }

  get #panels() {
    return [...this.#board.root.querySelectorAll("[data-column-panel]")];
  }

  #panel(id) {
    return this.#panels.find((panel) => panel.dataset.columnPanel === id);
  }

  #add(id) {
    const panel = blank("column");
    panel.dataset.columnPanel = id;
    panel.querySelector("[data-column]").dataset.column = id;
    for (const field of panel.querySelectorAll("[name=columnId]")) field.value = id;
    this.#panels.at(-1).after(panel);
    return panel;
  }

  #arrange() {
    const panels = this.#panels;
    const sorted = panels.toSorted((one, other) => one.dataset.order - other.dataset.order);
    sorted.forEach((panel, at) => {
      const there = this.#panels[at];
      if (there !== panel) insert(there.parentElement, panel, there);
    });
  }
}

/** Says how many cards a list holds. */
export function countCards(list) {
  const panel = list.closest("[data-column-panel]");
  const count = list.querySelectorAll(":scope > [data-ticket]").length;
  writeText(panel.querySelector("[data-column-count]"), String(count));
  markFull(panel);
}

function showLimit(panel, limit) {
  const sign = panel.querySelector("[data-column-limit]");
  writeText(sign, limit ? String(limit) : "");
  writeAttribute(sign, "hidden", limit ? null : "");
  markFull(panel);
}

function markFull(panel) {
  const [count, limit] = ["[data-column-count]", "[data-column-limit]"].map((hook) => parseInt(panel.querySelector(hook)?.textContent, 10));
  writeAttribute(panel, "data-full", count >= limit ? "" : null);
}
