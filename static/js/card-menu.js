/** The menu of a card, or of all selected ones: one for the whole board, in the top layer. */

import { keyOf } from "./announcer.js";
import { blank } from "./blank.js";
import { boxOf, focused, hear, query, queryAll } from "./dom.js";
import { columnName } from "./places.js";

const GAP = 8;

export class CardMenu {
  #root;
  #focus;
  #selection;
  #popup = query("[data-card-menu]");

  constructor({ root }, focus, selection) {
    this.#root = root;
    this.#focus = focus;
    this.#selection = selection;
  }

  start() {
    // The key that opens it would open the browser's own menu, too.
    hear(window, "contextmenu", (event) => this.#popup.matches(":popover-open") && event.preventDefault());
    // Closing gives the focus back to the card, which the command is then about.
    hear(this.#popup, "click", ({ target }) => target.closest("[data-act]") && this.#popup.hidePopover());
    hear(this.#popup, "keydown", (event) => this.#key(event));
    hear(this.#popup, "toggle", () => focused() === document.body && this.#focus.enter());
  }

  /** Opens at `anchor` for `card`, and for all that are selected with it. */
  open(card, anchor = card?.querySelector("[data-act=menu]")) {
    if (!card) return;
    const cards = this.#selection.with(card);
    const lists = queryAll("[data-column]", this.#root).filter((list) => cards.some((one) => one.parentElement !== list));
    query("[data-menu-title]", this.#popup).textContent = cards[1] ? `${cards.length} tickets` : keyOf(card);
    query("[data-menu-columns]", this.#popup).replaceChildren(...lists.map(columnItem));
    for (const item of queryAll("[data-single]", this.#popup)) item.hidden = cards.length > 1;
    this.#focus.enter(card);
    this.#show(boxOf(anchor));
    this.#items[0].focus();
  }

  get #items() {
    return queryAll("[data-act]:not([hidden])", this.#popup);
  }

  #show({ right, top, bottom }) {
    const popup = this.#popup;
    popup.showPopover();
    const { offsetWidth: width, offsetHeight: height } = popup;
    const y = bottom + height + GAP < innerHeight ? bottom : top - height;
    popup.style.left = `${Math.max(GAP, right - width)}px`;
    popup.style.top = `${Math.max(GAP, Math.min(y, innerHeight - height - GAP))}px`;
  }

  #key(event) {
    const items = this.#items;
    const at = items.indexOf(focused());
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -at, End: -at - 1 }[event.key];
    if (event.key === "Tab") this.#popup.hidePopover();
    if (step === undefined) return;
    event.preventDefault();
    items.at((at + step) % items.length).focus();
  }
}

function columnItem(list) {
  const item = blank("menu-column");
  item.dataset.to = list.dataset.column;
  item.textContent = columnName(list);
  return item;
}
