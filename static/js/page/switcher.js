/** Goes to any project or ticket: Ctrl or ⌘ K, a few letters, Enter. */

import { fetchPage } from "./api.js";
import { create, focused, hear, query, queryAll } from "./dom.js";
import { TYPING, pressed } from "./keys.js";
import { cardWith, linkOf } from "./places.js";
import { prefix } from "./prefix.js";

const APPLE = /^(Mac|iP)/;
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

const switcher = query("[data-switcher]");
const wish = query("input", switcher);
let asking = 0;
let answered;

export function startSwitcher() {
  hear(window, "keydown", (event) => isCall(event) && toggleSwitcher(event));
  hear(query("[data-switch]"), "click", toggleSwitcher);
  hear(switcher, "input", findHits);
  hear(switcher, "keydown", stepToHit);
  hear(switcher, "submit", chooseHit);
  hear(switcher, "click", clickHit);
}

// In a text field on a Mac, Ctrl K deletes up to the end of the line; there the key is ⌘ K.
function isCall(event) {
  const control = event.ctrlKey && !(APPLE.test(navigator.platform) && event.target.closest?.(TYPING));
  return (control || event.metaKey) && pressed(event) === "k";
}

function toggleSwitcher(event) {
  event.preventDefault();
  if (switcher.open) return switcher.close();
  switcher.showModal();
  wish.select();
  findHits();
}

function findHits() {
  answered = showHits((asking += 1));
}

async function showHits(turn) {
  const page = await fetchPage(`${prefix}/search?q=${encodeURIComponent(wish.value)}`).catch(({ message }) => message);
  if (turn !== asking) return;
  const at = stops().indexOf(focused());
  const hits = query("[data-hits]", switcher);
  if (page.body) hits.replaceWith(query("[data-hits]", page));
  else hits.replaceChildren(create("p", { className: "hits__none", role: "alert", textContent: page }));
  stops()[at]?.focus();
}

const stops = () => [wish, ...queryAll("[data-hit]", switcher)];

function stepToHit(event) {
  const key = pressed(event);
  const all = stops();
  const at = all.indexOf(focused()) + (STEPS[key] ?? 0);
  if (key in STEPS) event.preventDefault();
  else if (key.length > 1) return;
  all.at(key in STEPS ? at % all.length : 0).focus();
}

// Enter may be pressed before the results for the last input arrive.
async function chooseHit(event) {
  event.preventDefault();
  await answered;
  const hit = query("[data-hit]", switcher);
  if (hit) hit.click();
  else findHits();
}

// A ticket of the current board opens over it.
function clickHit(event) {
  const hit = event.target.closest("[data-hit]");
  if (!hit && event.target !== switcher) return;
  switcher.close();
  const card = hit && linkOf(cardWith(hit.dataset.hit));
  if (!card || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  card.click();
}
