/** The menu of a card, or of all selected ones: one for the whole board, in the top layer. */

import { keyOf } from "./announcer.js";
import { blank } from "./blank.js";
import { columnName } from "./places.js";

const GAP = 8;

export class CardMenu {
  #board;
  #actions;
  #popup = document.querySelector("[data-card-menu]");
  #card = null;

  constructor(board, actions) {
    this.#board = board;
    this.#actions = actions;
  }

  start() {
    const { root } = this.#board;
    root.addEventListener("click", ({ target }) => target.closest("[data-menu]") && this.open(target.closest("[data-ticket]")));
    root.addEventListener("contextmenu", (event) => this.#contextMenu(event));
    this.#popup.addEventListener("click", ({ target }) => this.#choose(target.closest("[role=menuitem]")));
    this.#popup.addEventListener("keydown", (event) => this.#key(event));
    this.#popup.addEventListener("toggle", () => document.activeElement === document.body && this.#actions.focus.enter());
  }

  /** Opens at `anchor` for `card`, and for all that are selected with it. */
  open(card, anchor = card.querySelector("[data-menu]")) {
    const cards = this.#actions.selection.with(card);
    const lists = [...this.#board.root.querySelectorAll("[data-column]")];
    const others = lists.filter((list) => cards.some((one) => one.parentElement !== list));
    this.#card = card;
    this.#popup.querySelector("[data-menu-title]").textContent = cards[1] ? `${cards.length} tickets` : keyOf(card);
    this.#popup.querySelector("[data-menu-columns]").replaceChildren(...others.map(columnItem));
    for (const item of this.#popup.querySelectorAll("[data-single]")) item.hidden = cards[1];
    this.#actions.focus.enter(card);
    this.#show(anchor.getBoundingClientRect());
    this.#items[0].focus();
  }

  get #items() {
    return [...this.#popup.querySelectorAll("[role=menuitem]:not([hidden])")];
  }

  #show({ right, top, bottom }) {
    const popup = this.#popup;
    popup.showPopover();
    const { offsetWidth: width, offsetHeight: height } = popup;
    const y = bottom + height + GAP < innerHeight ? bottom : top - height;
    popup.style.left = `${Math.max(GAP, right - width)}px`;
    popup.style.top = `${Math.max(GAP, Math.min(y, innerHeight - height - GAP))}px`;
  }

  #choose(item) {
    if (!item) return;
    this.#popup.hidePopover();
    const { act, to } = item.dataset;
    if (!this.#card.isConnected) return;
    if (to) this.#actions.moveTo(this.#board.list(to), this.#card);
    else this.#actions.run(act, this.#card);
  }

  #key(event) {
    const items = this.#items;
    const at = items.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -at, End: -at - 1 }[event.key];
    if (event.key === "Tab") this.#popup.hidePopover();
    if (step === undefined) return;
    event.preventDefault();
    items.at((at + step) % items.length).focus();
  }

  // By its key or Shift+F10 only: a pointer gets the browser's own menu.
  #contextMenu(event) {
    const { card } = this.#actions.focus;
    if (event.button || event.pointerType || !card) return;
    event.preventDefault();
    this.open(card);
  }
}

function columnItem(list) {
  const item = blank("menu-column");
  item.dataset.to = list.dataset.column;
  item.textContent = columnName(list);
  return item;
}
