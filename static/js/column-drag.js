/** Dragging columns by their heads; the browser itself lifts them, scrolls and listens to Escape. */

import { PANEL } from "./board.js";
import { moveColumn } from "./column-menu.js";
import { arrange } from "./columns.js";
import { boxOf, hear, query, queryAll } from "./dom.js";
import { insert } from "./insert.js";
import { toast } from "./toast.js";

export function startColumnDrag(root) {
  let panel = null;

  hear(root, "dragstart", (event) => {
    if (!event.target.matches?.("[data-column-head]")) return;
    panel = event.target.closest(PANEL);
    const { left, top } = boxOf(panel);
    event.dataTransfer.setDragImage(panel, event.clientX - left, event.clientY - top);
    setTimeout(() => panel?.setAttribute("data-carried", "")); // the picture is taken first
  });
  hear(root, "dragover", (event) => {
    if (!panel) return;
    event.preventDefault();
    const others = queryAll(PANEL, root).filter((other) => other !== panel);
    const next = others.find((other) => middle(other) > event.clientX) ?? query("[data-column-new]", root);
    if (panel.nextElementSibling !== next) insert(root, panel, next);
  });
  hear(root, "dragend", async ({ dataTransfer }) => {
    const { columnPanel: id, order } = panel?.dataset ?? {};
    const place = queryAll(PANEL, root).indexOf(panel);
    panel?.removeAttribute("data-carried");
    panel = null;
    if (!id || dataTransfer.dropEffect === "none" || place === Number(order)) return arrange(root);
    await moveColumn(`/api/projects/${root.dataset.project}/columns/${id}`, place).catch(({ message }) => {
      toast(`The column was not moved. ${message}`, { failed: true });
      arrange(root);
    });
  });
}

function middle(panel) {
  const { left, width } = boxOf(panel);
  return left + width / 2;
}
