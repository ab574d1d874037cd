/** Makes a card glow briefly after somebody else changed it. */

import { query } from "./dom.js";
import { writeText } from "./write.js";

const TIME = 4_000;
const timers = new WeakMap();

export function glow(card, who = "") {
  clearTimeout(timers.get(card));
  markFresh(card, true, who);
  timers.set(
    card,
    setTimeout(() => markFresh(card, false, ""), TIME),
  );
}

function markFresh(card, on, who) {
  card.toggleAttribute("data-fresh", on);
  writeText(query("[data-fresh-who]", card), who);
}
