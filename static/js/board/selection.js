/** Which cards are selected: their own attributes say so. */

import { announce } from "../page/announcer.js";
import { allCards, board } from "./board.js";
import { focusInPlace, focused, hear, query, swallow, watch } from "../page/dom.js";
import { cardOf, cardWith, keyOf, linkOf, visibleOn } from "../page/places.js";
import { writeAttribute, writeText } from "../page/write.js";
import { plural, t } from "../page/language.js";

const bar = query("[data-selection]");
let anchor = "";

export function startSelection() {
  hear(board, "click", selectByClick, { capture: true });
  watch(board, ["hidden", "data-selected"], showBar);
}

/** The selected cards that are visible, in the order of the board. */
export const selectedCards = () => allCards().filter((card) => isSelected(card) && !card.hidden);

/** The cards that an action on `card` applies to: all selected ones if it is one of them. */
export const selectedWith = (card) => (isSelected(card) ? selectedCards() : [card]);

export function toggleSelected(card) {
  mark(card, !isSelected(card));
  anchor = card.dataset.ticket;
  const values = { key: keyOf(card), count: selectedCards().length };
  if (isSelected(card)) announce(t("%(key)s selected, %(count)s in all.", values));
  else announce(t("%(key)s no longer selected, %(count)s in all.", values));
}

/** Selects everything from the last chosen card to `card`. */
export function extendSelection(card) {
  const all = visibleOn(board);
  const ends = [cardWith(anchor) ?? card, card].map((one) => all.indexOf(one));
  for (const one of all.slice(Math.min(...ends), Math.max(...ends) + 1)) mark(one, true);
  announce(plural("%(num)s selected.", "%(num)s selected.", selectedCards().length));
}

export function clearSelection() {
  const [first] = selectedCards();
  if (!first) return;
  if (bar.contains(focused())) linkOf(first).focus();
  for (const card of allCards().filter(isSelected)) mark(card, false);
  announce(t("Nothing selected."));
}

// By keyboard a modified click still opens a link in a new tab. While some are selected, a tap selects, too.
function selectByClick(event) {
  const card = cardOf(event.target);
  const toggles = event.ctrlKey || event.metaKey || (event.pointerType === "touch" && !bar.hidden);
  if (!card || !event.detail || !(toggles || event.shiftKey) || event.target.closest("button")) return;
  swallow(event);
  focusInPlace(linkOf(card));
  if (event.shiftKey) extendSelection(card);
  else toggleSelected(card);
}

function showBar(records) {
  if (bar.hidden && !records.some(({ type }) => type === "attributes")) return;
  const { length } = selectedCards();
  bar.hidden = !length;
  writeText(query("[data-selection-count]", bar), plural("%(num)s selected", "%(num)s selected", length));
}

const isSelected = (card) => "selected" in card.dataset;

function mark(card, on) {
  writeAttribute(card, "data-selected", on ? "" : null);
  writeAttribute(linkOf(card), "aria-describedby", on ? "selected-word" : null);
}
