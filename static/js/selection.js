/** Which cards are selected: the cards themselves say so. */

import { announce, keyOf } from "./announcer.js";
import { focusInPlace, focused, hear, query, queryAll, swallow, watch } from "./dom.js";
import { cardOf, linkOf, visible } from "./places.js";
import { writeAttribute, writeText } from "./write.js";

export class SelectedCards {
  #board;
  #bar = query("[data-selection]");
  #anchor = "";

  constructor(board) {
    this.#board = board;
  }

  start() {
    const { root } = this.#board;
    hear(root, "click", (event) => this.#click(event), { capture: true });
    watch(root, ["hidden", "data-selected"], (records) => this.#changed(records));
  }

  /** The selected cards that can be seen, in the order of the board. */
  get cards() {
    return queryAll("[data-selected]:not([hidden])", this.#board.root);
  }

  /** The cards that an action on `card` is about: all selected ones when it is one of them. */
  with(card) {
    return isOn(card) ? this.cards : [card];
  }

  toggle(card) {
    markSelected(card, !isOn(card));
    this.#anchor = card.dataset.ticket;
    announce(`${keyOf(card)} ${isOn(card) ? "" : "no longer "}selected, ${this.cards.length} in all.`);
  }

  /** Selects all from the card that was chosen last to `card`. */
  extend(card) {
    const all = visible(this.#board.root);
    const ends = [this.#board.card(this.#anchor) ?? card, card].map((one) => all.indexOf(one));
    for (const one of all.slice(Math.min(...ends), Math.max(...ends) + 1)) markSelected(one, true);
    announce(`${this.cards.length} selected.`);
  }

  clear() {
    const [first] = this.cards;
    if (!first) return;
    if (this.#bar.contains(focused())) linkOf(first).focus();
    for (const card of queryAll("[data-selected]", this.#board.root)) markSelected(card, false);
    announce("Nothing selected.");
  }

  // By the keyboard a modified click still opens a link elsewhere. While some are selected, a finger's tap selects, too.
  #click(event) {
    const card = cardOf(event.target);
    const toggles = event.ctrlKey || event.metaKey || (event.pointerType === "touch" && !this.#bar.hidden);
    if (!card || !event.detail || !(toggles || event.shiftKey) || event.target.closest("button")) return;
    swallow(event);
    focusInPlace(linkOf(card));
    if (event.shiftKey) this.extend(card);
    else this.toggle(card);
  }

  #changed(records) {
    if (this.#bar.hidden && !records.some(({ type }) => type === "attributes")) return;
    const { length } = this.cards;
    this.#bar.hidden = !length;
    writeText(query("[data-selection-count]", this.#bar), `${length} selected`);
  }
}

const isOn = (card) => "selected" in card.dataset;

function markSelected(card, on) {
  writeAttribute(card, "data-selected", on ? "" : null);
  writeAttribute(linkOf(card), "aria-describedby", on ? "selected-word" : null);
}
