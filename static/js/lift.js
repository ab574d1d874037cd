/** A card in the air: it follows the pointer, a slot shows where it would fall, the edges scroll. */

const EDGE = 56;
const FASTEST = 10;
const PATIENCE = 40;

export class Lift {
  #root;
  #slot = document.createElement("li");
  #list;
  #grip;
  #pointer;
  #frame = 0;
  #pace = 0;
  #onLost;

  /** Takes `card` up at the pointer's {x, y}; calls `onLost()` when the card disappears from the page meanwhile. */
  constructor(root, card, pointer, onLost) {
    const box = card.getBoundingClientRect();
    this.card = card;
    this.#root = root;
    this.#list = card.parentElement;
    this.#onLost = onLost;
    this.#pointer = pointer;
    this.#grip = { x: pointer.x - box.left, y: pointer.y - box.top, middle: box.height / 2 };
    this.#slot.dataset.slot = "";
    this.#slot.ariaHidden = "true";
    this.#slot.style.height = `${box.height}px`;
    card.after(this.#slot);
    card.dataset.lifted = "";
    Object.assign(card.style, {
      position: "fixed",
      insetInlineStart: "0",
      top: "0",
      width: `${box.width}px`,
      height: `${box.height}px`,
      pointerEvents: "none",
    });
    this.#tick();
  }

  follow(pointer) {
    this.#pointer = pointer;
  }

  /** Where the card would fall: its list, and its neighbours there. */
  get target() {
    return { list: this.#list, next: neighbour(this.#slot, "nextElementSibling"), previous: neighbour(this.#slot, "previousElementSibling") };
  }

  get moved() {
    const { list, next } = this.target;
    return list !== this.card.parentElement || next !== neighbour(this.card, "nextElementSibling");
  }

  /** Lets go; `settle()` puts the card to its place, and the card glides there. */
  end(settle = () => {}) {
    cancelAnimationFrame(this.#frame);
    const from = this.card.getBoundingClientRect();
    this.#slot.remove();
    this.card.removeAttribute("data-lifted");
    this.card.removeAttribute("style");
    settle();
    glide(this.card, from);
  }

  #tick = () => {
    if (!this.card.isConnected) return this.#onLost();
    this.card.style.translate = `${this.#pointer.x - this.#grip.x}px ${this.#pointer.y - this.#grip.y}px`;
    this.#aim();
    this.#scroll();
    this.#frame = requestAnimationFrame(this.#tick);
  };

  #aim() {
    const list = this.#columnUnder().querySelector("[data-column]");
    const cards = [...list.children].filter(isAtRest);
    const next = cards[firstBelow(cards, this.#pointer.y - this.#grip.y + this.#grip.middle)] ?? null;
    if (list === this.#slot.parentElement && next === neighbour(this.#slot, "nextElementSibling")) return;
    list.insertBefore(this.#slot, next);
    this.#list = list;
  }

  #columnUnder() {
    const panels = [...this.#root.querySelectorAll("[data-column-panel]")];
    const distance = (panel) => {
      const { left, right } = panel.getBoundingClientRect();
      return Math.max(left - this.#pointer.x, this.#pointer.x - right, 0);
    };
    return panels.reduce((best, panel) => (distance(panel) < distance(best) ? panel : best));
  }

  // The pace grows while the pointer stays at an edge, so that crossing it on the way does not scroll.
  #scroll() {
    const across = pull(this.#pointer.x, scroller(this.#list, "X"), "left", "right");
    const down = pull(this.#pointer.y, scroller(this.#list, "Y"), "top", "bottom");
    this.#pace = across.speed || down.speed ? Math.min(this.#pace + 1 / PATIENCE, 1) : 0;
    across.element.scrollBy({ left: across.speed * this.#pace, behavior: "instant" });
    down.element.scrollBy({ top: down.speed * this.#pace, behavior: "instant" });
  }
}

const isAtRest = (element) => element.matches("[data-ticket]:not([data-lifted])");

function neighbour(element, direction) {
  let next = element[direction];
  while (next && !isAtRest(next)) next = next[direction];
  return next;
}

function firstBelow(cards, y) {
  let low = 0;
  let high = cards.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const box = cards[middle].getBoundingClientRect();
    if (box.top + box.height / 2 > y) high = middle;
    else low = middle + 1;
  }
  return low;
}

const LENGTH = { X: ["scrollWidth", "clientWidth"], Y: ["scrollHeight", "clientHeight"] };

function scroller(element, axis) {
  const [whole, seen] = LENGTH[axis];
  for (let one = element; one; one = one.parentElement) {
    const scrolls = /auto|scroll/.test(getComputedStyle(one)[`overflow${axis}`]);
    if (scrolls && one[whole] > one[seen]) return one;
  }
  return document.scrollingElement;
}

function pull(at, element, startSide, endSide) {
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const box = element === document.scrollingElement ? screen : element.getBoundingClientRect();
  const start = Math.max(box[startSide], screen[startSide]) + EDGE - at;
  const end = at - Math.min(box[endSide], screen[endSide]) + EDGE;
  const depth = end > 0 ? Math.min(end / EDGE, 1) : -Math.min(Math.max(start / EDGE, 0), 1);
  return { element, speed: depth * FASTEST };
}

function glide(card, from) {
  if (!card.isConnected || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const to = card.getBoundingClientRect();
  card.animate([{ translate: `${from.left - to.left}px ${from.top - to.top}px` }, { translate: "0 0" }], { duration: 140, easing: "ease-out" });
}
