/** Dragging columns by their headers; the browser itself lifts them, scrolls and handles Escape. */

import { board, projectPath } from "./board.js";
import { moveColumn } from "./column-menu.js";
import { arrange } from "./columns.js";
import { boxOf, hear, query } from "../page/dom.js";
import { insert } from "./insert.js";
import { PANEL, panelsOf } from "../page/places.js";
import { toast } from "../page/toast.js";
import { t } from "../page/language.js";

export function startColumnDrag() {
  let panel = null;

  hear(board, "dragstart", (event) => {
    if (!event.target.matches?.("[data-column-head]")) return;
    panel = event.target.closest(PANEL);
    const { left, top } = boxOf(panel);
    event.dataTransfer.setDragImage(panel, event.clientX - left, event.clientY - top);
    setTimeout(() => panel?.setAttribute("data-carried", "")); // after the browser has taken the drag image
  });
  hear(board, "dragover", (event) => {
    if (!panel) return;
    event.preventDefault();
    const others = panelsOf(board).filter((other) => other !== panel);
    const next = others.find((other) => middle(other) > event.clientX) ?? query("[data-column-new]", board);
    if (panel.nextElementSibling !== next) insert(board, panel, next);
  });
  hear(board, "dragend", async ({ dataTransfer }) => {
    const moved = panel;
    panel = null;
    if (!moved) return;
    const { columnPanel: id, order } = moved.dataset;
    const place = panelsOf(board).indexOf(moved);
    moved.removeAttribute("data-carried");
    if (dataTransfer.dropEffect === "none" || place === Number(order)) return arrange();
    moved.dataset.pending = "";
    await moveColumn(`${projectPath}/columns/${id}`, place).catch(({ message }) => {
      toast(`${t("The column was not moved.")} ${message}`, { failed: true });
      arrange();
    });
    moved.removeAttribute("data-pending");
  });
}

function middle(panel) {
  const { left, width } = boxOf(panel);
  return left + width / 2;
}
