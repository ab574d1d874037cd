/** Dragging cards with mouse or pen. */

import { Lift } from "./lift.js";
import { toast } from "./toast.js";

const SLOP = 6;
const NOT_A_HANDLE = "button, input, select, textarea, summary, form";

export class Drag {
  #board;
  #mover;
  #press = null;
  #lift = null;

  constructor(board, mover) {
    this.#board = board;
    this.#mover = mover;
  }

  start() {
    const listeners = {
      pointerdown: (event) => this.#down(event),
      pointermove: (event) => this.#move(event),
      pointerup: (event) => this.#up(event),
      pointercancel: () => this.#cancel(),
      lostpointercapture: () => this.#cancel(),
      dragstart: (event) => this.#press && event.preventDefault(),
      selectstart: (event) => this.#press && event.preventDefault(),
    };
    for (const [type, listener] of Object.entries(listeners)) this.#board.root.addEventListener(type, listener);
    addEventListener("keydown", (event) => this.#key(event), { capture: true });
  }

  #down(event) {
    const card = event.target.closest("[data-ticket]");
    const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    this.#press = null;
    if (!card || event.pointerType === "touch" || event.button !== 0 || modified) return;
    if (event.target.closest(NOT_A_HANDLE)) return;
    this.#press = { card, x: event.clientX, y: event.clientY };
  }

  #move(event) {
    if (this.#press && event.buttons === 0) this.#cancel();
    if (this.#lift) this.#lift.follow({ x: event.clientX, y: event.clientY });
    else if (this.#press && Math.hypot(event.clientX - this.#press.x, event.clientY - this.#press.y) > SLOP) this.#begin(event);
  }

  // The board takes the pointer, not the card: a card that leaves the page would take the drag with it.
  #begin(event) {
    const { card, x, y } = this.#press;
    if (!card.isConnected) return;
    this.#board.root.setPointerCapture(event.pointerId);
    this.#board.hold(card.dataset.ticket);
    this.#lift = new Lift(this.#board.root, card, { x, y }, () => this.#lost());
    this.#lift.follow({ x: event.clientX, y: event.clientY });
  }

  #up() {
    const lift = this.#lift;
    this.#press = null;
    if (!lift) return;
    swallowClick();
    this.#lift = null;
    const { card, moved, target } = lift;
    lift.end(() => moved && this.#mover.move(card, target));
    this.#board.release(card.dataset.ticket);
  }

  #key(event) {
    if (event.key !== "Escape" || !this.#lift) return;
    event.preventDefault();
    event.stopPropagation();
    this.#cancel();
    addEventListener("pointerup", swallowClick, { capture: true, once: true });
  }

  #lost() {
    toast("The ticket you were moving has just been deleted.");
    this.#cancel();
  }

  #cancel() {
    const lift = this.#lift;
    this.#press = null;
    this.#lift = null;
    if (!lift) return;
    lift.end();
    this.#board.release(lift.card.dataset.ticket);
  }
}

/** Keeps the click that ends a drag from opening the card. */
function swallowClick() {
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }));
}
