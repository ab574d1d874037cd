/** Cards being dragged: one follows the pointer, a slot shows where all would land, the edges scroll. */

import { boxOf, create, zoomOf } from "../page/dom.js";
import { PANEL, listIn, neighbour, panelsOf, visible } from "../page/places.js";

const EDGE = 56;
const FASTEST = 10;
const FRAMES = 40; // frames
const DWELL = 25; // frames

export class Lift {
  #root;
  #slot = create("li", { ariaHidden: "true" });
  #list;
  #grip;
  #pointer;
  #zoom;
  #origin;
  #frame = 0;
  #pace = 0;
  #onLost;

  /** Lifts `cards` by `card` at the pointer's {x, y}; calls `onLost()` if that one disappears from the page meanwhile. */
  constructor(root, cards, card, pointer, onLost) {
    const box = boxOf(card);
    this.card = card;
    this.cards = cards;
    this.#root = root;
    this.#list = card.parentElement;
    this.#onLost = onLost;
    this.#pointer = pointer;
    this.#grip = { x: pointer.x - box.left, y: pointer.y - box.top, middle: box.height / 2 };
    this.#slot.dataset.slot = "";
    this.#zoom = zoomOf(card);
    this.#slot.style.height = this.#styled(box.height);
    card.after(this.#slot);
    for (const one of cards) one.dataset.carried = cards.length;
    Object.assign(card.style, {
      position: "fixed",
      insetInlineStart: "0",
      top: "0",
      width: this.#styled(box.width),
      height: this.#styled(box.height),
      pointerEvents: "none",
    });
    this.#origin = boxOf(card);
    card.dataset.lifted = root.dataset.dragging = "";
    this.#tick();
  }

  follow(pointer) {
    this.#pointer = pointer;
  }

  /** Opens the slot where cards dropped at `pointer` land, which may be ahead of the next frame. */
  aim(pointer) {
    this.follow(pointer);
    this.#aim();
  }

  /** Where the card would land: its list, and its neighbours there. */
  get target() {
    return {
      list: this.#list,
      next: neighbour(this.#slot, "next"),
      previous: neighbour(this.#slot, "previous"),
    };
  }

  /** The cards that nobody has deleted meanwhile. */
  get present() {
    return this.cards.filter((card) => card.isConnected);
  }

  get moved() {
    const { list, next } = this.target;
    return this.present.some((card) => list !== card.parentElement || next !== neighbour(card, "next"));
  }

  /** Drops the cards; `settle()` puts the card into its place, and the card glides there. */
  end(settle = () => {}) {
    cancelAnimationFrame(this.#frame);
    const from = boxOf(this.card);
    this.#slot.remove();
    this.#leaveColumn();
    for (const card of this.cards) card.removeAttribute("data-carried");
    this.card.removeAttribute("data-lifted");
    this.#root.removeAttribute("data-dragging");
    this.card.removeAttribute("style");
    settle();
    glide(this.card, from, this.#zoom);
  }

  #styled(length) {
    return `${length / this.#zoom}px`;
  }

  #tick = () => {
    if (!this.card.isConnected) return this.#onLost();
    const { left, top } = this.#origin;
    const [x, y] = [this.#pointer.x - this.#grip.x - left, this.#pointer.y - this.#grip.y - top];
    this.card.style.translate = `${this.#styled(x)} ${this.#styled(y)}`;
    this.#aim();
    this.#scroll();
    this.#frame = requestAnimationFrame(this.#tick);
  };

  #aim() {
    const list = listIn(this.#columnUnder());
    const cards = visible(list);
    const next = cards[firstBelow(cards, this.#pointer.y - this.#grip.y + this.#grip.middle)] ?? null;
    if (list === this.#slot.parentElement && next === neighbour(this.#slot, "next")) return;
    if (list !== this.#list) {
      this.#pace = -DWELL / FRAMES;
      this.#leaveColumn();
      list.closest(PANEL).dataset.over = "";
    }
    list.insertBefore(this.#slot, next);
    this.#list = list;
  }

  #leaveColumn() {
    this.#list.closest(PANEL)?.removeAttribute("data-over");
  }

  #columnUnder() {
    const panels = panelsOf(this.#root);
    const distance = (panel) => {
      const { left, right } = boxOf(panel);
      return Math.max(left - this.#pointer.x, this.#pointer.x - right, 0);
    };
    return panels.reduce((best, panel) => (distance(panel) < distance(best) ? panel : best));
  }

  // The pace grows while the pointer stays at an edge, so that crossing it does not scroll; it pauses at each column.
  #scroll() {
    const across = pull(this.#pointer.x, boxOf(this.#root), "left", "right");
    const down = pull(this.#pointer.y, boxOf(this.#list), "top", "bottom");
    this.#pace = across || down ? Math.min(this.#pace + 1 / FRAMES, 1) : 0;
    const pace = Math.max(this.#pace, 0);
    this.#root.scrollBy({ left: across * pace, behavior: "instant" });
    this.#list.scrollBy({ top: down * pace, behavior: "instant" });
  }
}

function firstBelow(cards, y) {
  let low = 0;
  let high = cards.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const box = boxOf(cards[middle]);
    if (box.top + box.height / 2 > y) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How many pixels per frame the edges of `box` scroll for a pointer, at most. */
function pull(at, box, start, end) {
  const depth = Math.max(at - box[end] + EDGE, 0) - Math.max(box[start] + EDGE - at, 0);
  return (Math.max(-EDGE, Math.min(depth, EDGE)) / EDGE) * FASTEST;
}

function glide(card, from, zoom) {
  if (!card.isConnected || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const to = boxOf(card);
  const start = { translate: `${(from.left - to.left) / zoom}px ${(from.top - to.top) / zoom}px` };
  card.animate([start, { translate: "0 0" }], { duration: 140, easing: "ease-out" });
}
