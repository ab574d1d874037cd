/** The focus on the board: its cards are one tab stop, and arrows go between them. */

import { focusInPlace, focused, hear, queryAll, watch } from "./dom.js";
import { cardOf, heirOf, linkOf, visible } from "./places.js";

export class Focus {
  #root;
  #stop = null;

  constructor(root) {
    this.#root = root;
  }

  start() {
    hear(this.#root, "focusin", ({ target }) => this.#settle(cardOf(target)));
    for (const card of queryAll("[data-ticket]", this.#root)) linkOf(card).tabIndex = -1;
    this.#settle(visible(this.#root)[0]);
    watch(this.#root, ["hidden"], (records) => this.#heal(records));
  }

  /** The card that has the focus. */
  get card() {
    return cardOf(focused());
  }

  /** Goes "up", "down", "left", "right", "first" or "last" from the focused card; without one, to the board. */
  go(way) {
    const { card } = this;
    if (!card) return this.enter();
    const list = card.parentElement;
    const lists = queryAll("[data-column]", this.#root).filter((one) => visible(one)[0]?.checkVisibility());
    const all = visible(lists[lists.indexOf(list) + ({ left: -1, right: 1 }[way] ?? 0)] ?? list);
    const at = visible(list).indexOf(card);
    const to = { up: at - 1, down: at + 1, first: 0, last: all.length - 1 }[way] ?? Math.min(at, all.length - 1);
    this.enter(all[to] ?? card);
  }

  enter(card = this.#stop) {
    focusInPlace(linkOf(card));
    card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #settle(card) {
    if (!card || card === this.#stop) return;
    if (this.#stop) linkOf(this.#stop).tabIndex = -1;
    this.#stop = card;
    linkOf(card).tabIndex = 0;
  }

  // Cards come, go, are replaced and hidden: one of them stays the way in, and another takes the focus of a hidden one.
  #heal(records) {
    for (const card of records.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node.dataset?.ticket)) {
      if (card.dataset.ticket === this.#stop?.dataset.ticket) this.#stop = card;
      linkOf(card).tabIndex = card === this.#stop ? 0 : -1;
    }
    if (this.card && !this.card.checkVisibility()) (linkOf(heirOf(this.card)) ?? this.#root).focus();
    if (!this.#stop?.isConnected || this.#stop.hidden) this.#settle(visible(this.#root)[0]);
  }
}
