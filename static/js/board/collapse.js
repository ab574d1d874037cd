/** Collapses columns to a strip, and remembers in this browser which ones this person collapsed. */

import { board } from "./board.js";
import { hear, query } from "../page/dom.js";
import { PANEL, panelsOf } from "../page/places.js";
import { own } from "../page/prefix.js";
import { me } from "../page/session.js";

const COLLAPSED = own(`collapsed.${me}`);

export function startCollapse() {
  const kept = new Set(JSON.parse(localStorage.getItem(COLLAPSED)));
  for (const panel of panelsOf(board)) panel.toggleAttribute("data-collapsed", kept.has(panel.dataset.columnPanel));
  hear(board, "click", ({ target }) => {
    const panel = target.closest("[data-collapse]")?.closest(PANEL);
    if (!panel) return;
    const { columnPanel: id } = panel.dataset;
    kept[panel.toggleAttribute("data-collapsed") ? "add" : "delete"](id);
    localStorage.setItem(COLLAPSED, JSON.stringify([...kept]));
    target.closest("[popover]")?.hidePopover();
    query(kept.has(id) ? "header > [data-collapse]" : "[popovertarget]", panel).focus();
  });
}
