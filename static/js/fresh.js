/** Lets a card glow briefly after someone else changed it. */

import { query } from "./dom.js";
import { writeText } from "./write.js";

const TIME = 4_000;
const timers = new WeakMap();

export function glow(card, who) {
  clearTimeout(timers.get(card));
  card.dataset.fresh = "";
  card.dataset.freshBy = who ?? "";
  writeText(query("[data-fresh-who]", card), who ?? "");
  timers.set(card, setTimeout(() => fade(card), TIME));
}

function fade(card) {
  delete card.dataset.fresh;
  delete card.dataset.freshBy;
  writeText(query("[data-fresh-who]", card), "");
}
