/** What can be done with a card, by menu or by key; what is selected with it moves along. */

import { placeIn, placeToward } from "./places.js";

const WAYS = ["top", "up", "down", "bottom", "left", "right"];
const PATIENCE = 5_000;

export class CardActions {
  #mover;

  constructor(focus, selection, mover) {
    this.focus = focus;
    this.selection = selection;
    this.#mover = mover;
  }

  /** Moves `card` in a way, lets it "toggle" or "extend" the selection, or opens its ticket, at the field of that name if there is one. */
  run(act, card) {
    if (WAYS.includes(act)) this.#move(card, placeToward(act, this.selection.with(card)));
    else if (act in this.selection) this.selection[act](card);
    else open(card, act);
  }

  /** Moves `card` to the bottom of `list`. */
  moveTo(list, card) {
    this.#move(card, placeIn(list, this.selection.with(card)));
  }

  #move(card, place) {
    if (place) this.#mover.move(this.selection.with(card), place);
    if (card.checkVisibility()) this.focus.enter(card);
  }
}

function open(card, name) {
  const dialog = document.querySelector("[data-ticket-dialog]");
  const enter = () => dialog.querySelector(`[name="${name}"]:not([type=hidden])`)?.focus();
  // The dialog first focuses what it sees fit.
  dialog.addEventListener("focusin", () => setTimeout(enter), { once: true, signal: AbortSignal.timeout(PATIENCE) });
  card.querySelector("[data-open]").click();
}
