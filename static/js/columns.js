/** Shows columns as they are: from the stream, from answers, and from a fresh copy of the board. */

import { blank } from "./blank.js";
import { PANEL, countCards } from "./board.js";
import { insert } from "./insert.js";
import { writeAttribute, writeText } from "./write.js";

const DONE = /^(done|completed?|closed|resolved|finished)$/i;

export function columnHandlers(board) {
  const show = (column) => showColumn(board.root, column);
  return { "column.created": show, "column.updated": show, "column.deleted": ({ id }) => panelOf(board.root, id)?.remove() };
}

/** Shows a column, a new one too, and puts all into their order. */
export function showColumn(root, { id, name, color, wipLimit, order }) {
  const panel = panelOf(root, id) ?? root.insertBefore(stamped(id), root.querySelector("[data-column-new]"));
  const tint = panel.querySelector("[data-column-color]");
  const limit = panel.querySelector("[data-column-limit]");
  panel.dataset.order = order;
  panel.toggleAttribute("data-done", DONE.test(name));
  writeText(panel.querySelector("[data-column-name]"), name);
  writeAttribute(panel.querySelector("[data-column-form] [name=name]"), "value", name);
  writeAttribute(tint, "fill", color ?? "none");
  writeAttribute(tint.parentElement, "hidden", color ? null : "");
  writeText(limit, String(wipLimit ?? ""));
  limit.hidden = !wipLimit;
  countCards(panel);
  arrange(root);
  return panel;
}

/** Puts the panels where their orders say, moving only what lies wrong. */
export function arrange(root) {
  const panels = [...root.querySelectorAll(PANEL)].sort((one, other) => one.dataset.order - other.dataset.order);
  panels.forEach((panel, at) => root.children[at] === panel || insert(root, panel, root.children[at]));
}

const panelOf = (root, id) => root.querySelector(`[data-column-panel="${CSS.escape(id)}"]`);

function stamped(id) {
  const panel = blank("column");
  for (const element of [panel, ...panel.querySelectorAll("*")]) {
    for (const attribute of element.attributes) attribute.value = attribute.value.replace("BLANK-ID", id);
  }
  return panel;
}
