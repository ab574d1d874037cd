/** Dragging cards: with mouse or pen at once, with a finger after a long press, so that a swipe still scrolls. */

import { hear, isModified, swallow } from "./dom.js";
import { Lift } from "./lift.js";
import { cardOf } from "./places.js";
import { toast } from "./toast.js";

const SLOP = { mouse: 6, pen: 6, touch: 8 };
const HOLD = 200;
const NOT_A_HANDLE = "button, input, select, textarea, summary, form";

export class Drag {
  #board;
  #mover;
  #selection;
  #press = null;
  #lift = null;

  constructor(board, mover, selection) {
    this.#board = board;
    this.#mover = mover;
    this.#selection = selection;
  }

  start() {
    const { root } = this.#board;
    const listeners = {
      pointerdown: (event) => this.#down(event),
      pointermove: (event) => this.#move(event),
      pointerup: (event) => this.#up(event),
      pointercancel: (event) => this.#ended(event),
      lostpointercapture: (event) => event.target === root && this.#ended(event),
      dragstart: (event) => this.#press && event.preventDefault(),
      contextmenu: (event) => this.#press?.hold && event.preventDefault(),
    };
    for (const [type, listener] of Object.entries(listeners)) hear(root, type, listener);
    // There from the start: a browser decides about scrolling by what listens when the finger comes down.
    hear(root, "touchmove", (event) => this.#lift && event.cancelable && event.preventDefault(), { passive: false });
    hear(window, "keydown", (event) => this.#key(event), { capture: true });
  }

  #down(event) {
    const card = cardOf(event.target);
    if (this.#lift) return;
    this.#forget();
    if (!card || !event.isPrimary || event.button !== 0 || isModified(event) || event.target.closest(NOT_A_HANDLE)) return;
    const { pointerId: id, pointerType: type, clientX: x, clientY: y } = event;
    this.#press = { card, id, x, y, slop: SLOP[type] ?? SLOP.mouse, strayed: false };
    if (type === "touch") this.#press.hold = setTimeout(() => this.#begin(), HOLD);
  }

  #move({ pointerId, buttons, clientX: x, clientY: y }) {
    const press = this.#press;
    if (press?.id !== pointerId) return;
    if (buttons === 0) return this.#cancel();
    press.strayed ||= Math.hypot(x - press.x, y - press.y) > press.slop;
    if (press.strayed && !this.#lift) {
      if (press.hold) return this.#forget();
      this.#begin();
    }
    this.#lift?.follow({ x, y });
  }

  // The board takes the pointer, not the card: a card that leaves the page would take the drag with it.
  #begin() {
    const { card, id, x, y, hold } = this.#press;
    if (!card.isConnected) return this.#forget();
    this.#board.root.setPointerCapture(id);
    const cards = this.#selection.with(card);
    for (const { dataset } of cards) this.#board.hold(dataset.ticket);
    this.#lift = new Lift(this.#board.root, cards, card, { x, y }, () => this.#lost());
    if (hold) navigator.vibrate?.(10);
  }

  #up({ pointerId }) {
    const press = this.#press;
    const lift = this.#lift;
    if (press?.id !== pointerId) return;
    this.#forget();
    if (!lift) return;
    swallowClick();
    this.#lift = null;
    const { present, moved, target } = lift;
    lift.end(() => moved && this.#mover.move(present, target));
    this.#release(lift);
    if (press.hold && !press.strayed) this.#selection.toggle(press.card);
  }

  #key(event) {
    if (event.key !== "Escape" || !this.#lift) return;
    swallow(event);
    this.#cancel();
    hear(window, "pointerup", swallowClick, { capture: true, once: true });
  }

  #ended({ pointerId }) {
    if (this.#press?.id === pointerId) this.#cancel();
  }

  #lost() {
    toast("The ticket you were moving has just been deleted.", { failed: true });
    this.#cancel();
  }

  #cancel() {
    const lift = this.#lift;
    this.#forget();
    this.#lift = null;
    if (!lift) return;
    lift.end();
    this.#release(lift);
  }

  #release({ cards }) {
    for (const { dataset } of cards) this.#board.release(dataset.ticket);
  }

  #forget() {
    clearTimeout(this.#press?.hold);
    this.#press = null;
  }
}

/** Keeps the click that ends a drag from opening the card. */
function swallowClick() {
  hear(window, "click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }));
}
