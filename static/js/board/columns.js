/** Shows columns: from the stream, from responses, and from a fresh copy of the board. */

import { blank } from "../page/blank.js";
import { board, countCards } from "./board.js";
import { showDuesAgain } from "./card.js";
import { focusInPlace, focused, query, queryAll } from "../page/dom.js";
import { keep, restore, typedIn } from "../forms/drafts.js";
import { enterCard } from "./focus.js";
import { insert } from "./insert.js";
import { panelOf, panelsOf } from "../page/places.js";
import { toast } from "../page/toast.js";
import { writeAttribute, writeData, writeText } from "../page/write.js";
import { t } from "../page/language.js";

const ADDER = "[data-quick-add] form";
const DONE = /^(done|completed?|closed|resolved|finished)$/i;

export const columnHandlers = {
  "column.created": showColumn,
  "column.updated": showColumn,
  "column.deleted": ({ id }) => removeColumn(panelOf(id)),
};

/** Shows a column, even a new one, and puts all into their order. */
export function showColumn({ id, name, color, wipLimit, order }) {
  const panel = panelOf(id) ?? board.insertBefore(stamped(id), query("[data-column-new]", board));
  const tint = query("[data-column-color]", panel);
  const limit = query("[data-column-limit]", panel);
  writeData(panel, { order, limit: wipLimit ?? "" });
  if (panel.matches("[data-done]") !== panel.toggleAttribute("data-done", DONE.test(name))) showDuesAgain();
  writeText(query("[data-column-name]", panel), name);
  writeAttribute(query("[data-column-form] [name=name]", panel), "value", name);
  writeAttribute(tint, "fill", color ?? "none");
  writeAttribute(tint.parentElement, "hidden", color ? null : "");
  writeText(limit, String(wipLimit ?? ""));
  limit.hidden = !wipLimit;
  countCards(panel);
  arrange();
  return panel;
}

/** Removes a column; text in its quick-add form moves to the first free one that is visible. */
export function removeColumn(panel) {
  const old = panel?.querySelector(ADDER);
  const draft = old && typedIn(old);
  const hadFocus = panel?.contains(focused());
  panel?.remove();
  const form = draft && queryAll(ADDER, board).find((one) => !typedIn(one) && one.parentElement.checkVisibility());
  if (form) {
    old.reset();
    keep(old);
    restore(form, draft);
    keep(form);
    toast(t("The column was deleted. What you typed is here."));
  }
  if (!hadFocus) return;
  if (form) focusInPlace(form.elements.title);
  else enterCard();
}

/** Puts the panels into their order, moving only those that are wrong. */
export function arrange() {
  const panels = panelsOf(board).sort((one, other) => one.dataset.order - other.dataset.order);
  panels.forEach((panel, at) => board.children[at] === panel || insert(board, panel, board.children[at]));
}

function stamped(id) {
  const panel = blank("column");
  for (const element of [panel, ...queryAll("*", panel)]) {
    for (const attribute of element.attributes) attribute.value = attribute.value.replace("BLANK-ID", id);
  }
  return panel;
}
