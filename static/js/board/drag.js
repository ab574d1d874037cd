/** Dragging cards: with mouse or pen at once, by touch after a long press, so that a swipe still scrolls. */

import { board, hold, release } from "./board.js";
import { hear, isModified, swallow } from "../page/dom.js";
import { Lift } from "./lift.js";
import { moveCards } from "./mover.js";
import { cardOf } from "../page/places.js";
import { selectedWith, toggleSelected } from "./selection.js";
import { toast } from "../page/toast.js";
import { t } from "../page/language.js";

const SLOP = { mouse: 6, pen: 6, touch: 8 };
const HOLD = 200;
const NOT_A_HANDLE = "button, input, select, textarea, summary, form";

let press = null;
let lift = null;
let dragged = false; // the last pointer press was a drag, so its click opens nothing

export function startDrag() {
  const listeners = {
    pointerdown: pressDown,
    pointermove: moveOn,
    pointerup: letGo,
    pointercancel: ended,
    lostpointercapture: (event) => event.target === board && ended(event),
    dragstart: keepFromOthers,
    selectstart: keepFromOthers,
    contextmenu: (event) => press?.hold && event.preventDefault(),
  };
  for (const [type, listener] of Object.entries(listeners)) hear(board, type, listener);
  // There from the start: a browser decides about scrolling by the listeners at touchstart.
  hear(board, "touchmove", (event) => lift && event.cancelable && event.preventDefault(), { passive: false });
  hear(window, "keydown", cancelByKey, { capture: true });
  hear(window, "pointerdown", () => (dragged = false), { capture: true });
  hear(window, "click", keepFromOpening, { capture: true });
}

function pressDown(event) {
  const card = cardOf(event.target);
  if (lift) return;
  forget();
  if (!card || !event.isPrimary || event.button !== 0 || isModified(event) || event.target.closest(NOT_A_HANDLE)) return;
  const { pointerId: id, pointerType: type, clientX: x, clientY: y } = event;
  press = { card, id, x, y, slop: SLOP[type] ?? SLOP.mouse, strayed: false };
  if (type === "touch") press.hold = setTimeout(begin, HOLD);
}

function moveOn({ pointerId, buttons, clientX: x, clientY: y }) {
  if (press?.id !== pointerId) return;
  if (buttons === 0) return cancel();
  press.strayed ||= Math.hypot(x - press.x, y - press.y) > press.slop;
  if (press.strayed && !lift) {
    if (press.hold) return forget();
    begin();
  }
  lift?.follow({ x, y });
}

// The board captures the pointer, not the card: a card that leaves the page would end the drag.
function begin() {
  const { card, id, x, y, hold: finger } = press;
  if (!card.isConnected) return forget();
  board.setPointerCapture(id);
  const cards = selectedWith(card);
  for (const { dataset } of cards) hold(dataset.ticket);
  lift = new Lift(board, cards, card, { x, y }, lose);
  if (finger) navigator.vibrate?.(10);
}

function letGo({ pointerId, clientX: x, clientY: y }) {
  if (press?.id !== pointerId) return;
  const { card, hold: finger, strayed } = press;
  const fallen = lift;
  fallen?.aim({ x, y });
  forget();
  if (!fallen) return;
  dragged = true;
  lift = null;
  const { present, moved, target } = fallen;
  fallen.end(() => moved && moveCards(present, target));
  releaseAll(fallen);
  if (finger && !strayed) toggleSelected(card);
}

function cancelByKey(event) {
  if (event.key !== "Escape" || !lift) return;
  swallow(event);
  cancel();
  dragged = true;
}

function ended({ pointerId }) {
  if (press?.id === pointerId) cancel();
}

function lose() {
  toast(t("The ticket you were moving has just been deleted."), { failed: true });
  cancel();
}

function cancel() {
  const fallen = lift;
  forget();
  lift = null;
  if (!fallen) return;
  fallen.end();
  releaseAll(fallen);
}

function releaseAll({ cards }) {
  for (const { dataset } of cards) release(dataset.ticket);
}

function forget() {
  clearTimeout(press?.hold);
  press = null;
}

function keepFromOthers(event) {
  if (press) event.preventDefault();
}

// A busy browser sends the click long after the release, but before the next press. Keys click without a press.
function keepFromOpening(event) {
  if (dragged && event.detail) swallow(event);
}
