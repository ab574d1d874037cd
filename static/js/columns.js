/** Shows columns as they are: from the stream, from answers, and from a fresh copy of the board. */

import { blank } from "./blank.js";
import { PANEL, countCards } from "./board.js";
import { query, queryAll } from "./dom.js";
import { insert } from "./insert.js";
import { writeAttribute, writeText } from "./write.js";

const DONE = /^(done|completed?|closed|resolved|finished)$/i;

export function columnHandlers(board) {
  const show = (column) => showColumn(board.root, column);
  return { "column.created": show, "column.updated": show, "column.deleted": ({ id }) => panelOf(board.root, id)?.remove() };
}

/** Shows a column, a new one too, and puts all into their order. */
export function showColumn(root, { id, name, color, wipLimit, order }) {
  const panel = panelOf(root, id) ?? root.insertBefore(stamped(id), query("[data-column-new]", root));
  const tint = query("[data-column-color]", panel);
  const limit = query("[data-column-limit]", panel);
  panel.dataset.order = order;
  panel.toggleAttribute("data-done", DONE.test(name));
  writeText(query("[data-column-name]", panel), name);
  writeAttribute(query("[data-column-form] [name=name]", panel), "value", name);
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
  const panels = queryAll(PANEL, root).sort((one, other) => one.dataset.order - other.dataset.order);
  panels.forEach((panel, at) => root.children[at] === panel || insert(root, panel, root.children[at]));
}

const panelOf = (root, id) => query(`[data-column-panel="${CSS.escape(id)}"]`, root);

function stamped(id) {
  const panel = blank("column");
  for (const element of [panel, ...queryAll("*", panel)]) {
    for (const attribute of element.attributes) attribute.value = attribute.value.replace("BLANK-ID", id);
  }
  return panel;
}
