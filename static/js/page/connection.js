/** The connection state: a word in the header, and a banner when it has not been live for a while. */

import { query } from "./dom.js";
import { writeText } from "./write.js";

const CALM = 3_000;

let lost = 0;
let timer = 0;
let last = ["reconnecting", 0];
let doubted = false;

/** Shows "live", "reconnecting", "offline" or "signed-out"; `until` is the time of the next attempt, or 0. */
export function showConnection(...now) {
  last = now;
  const [stream, until = 0] = now;
  const state = doubted && stream === "live" ? "reconnecting" : stream;
  const sign = query("[data-connection]");
  if (!sign) return;
  sign.dataset.connection = state;
  lost = state === "live" ? 0 : lost || Date.now();
  clearInterval(timer);
  if (lost) timer = setInterval(() => sayState(sign, state, until), 1_000);
  sayState(sign, state, until);
}

/** Does not show "live" as long as the page may have missed something. */
export function doubtPage(isDoubted) {
  doubted = isDoubted;
  showConnection(...last);
}

function sayState(sign, state, until) {
  const left = Math.ceil((until - Date.now()) / 1_000);
  const isLong = lost && Date.now() - lost > CALM;
  const [word, wait] = query("[data-connection-text]", sign).children;
  const banner = query("[data-connection-banner]");
  const saying = `data-when-${state}`;
  writeText(word, sign.getAttribute(saying));
  writeText(wait, left > 0 ? `(${left} s)` : "");
  writeText(banner, (isLong && banner.getAttribute(saying)) || "");
}
