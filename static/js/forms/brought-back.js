/** Keeps the server's values in a page that the browser restores: by Back, from the page cache, or with a whole session. */

import { hear, query, queryAll } from "../page/dom.js";
import { keep } from "./drafts.js";
import { fieldsOf, first, isChanged, now, say } from "./fields.js";

/** The pages that catch up with other people's changes by themselves. */
const FOLLOWS = "[data-board], [data-ticket-view], [data-settings]";

const WAKING = 1000;
const BEAT = 50;

/** The fields that differed from the server's values when the page was left, with their values. */
let leftSaying = new Map();

export function startBroughtBack() {
  noteAll();
  hear(window, "pagehide", noteAll);
  hear(window, "pageshow", ({ persisted }) => persisted && wake());
  const [load] = performance.getEntriesByType("navigation");
  if (load?.type === "back_forward") hear(window, "input", refuseRestored, { capture: true });
}

function noteAll() {
  const fields = queryAll("form").flatMap(fieldsOf).filter(isChanged);
  leftSaying = new Map(fields.map((field) => [field, now(field)]));
}

// WebKit empties the forms of a page from its cache soon after this, without an event.
function wake() {
  if (query("[data-draft]") && !query(FOLLOWS)) return location.reload();
  const timer = setInterval(() => leftSaying.forEach((value, field) => isChanged(field) || putBack(value, field)), BEAT);
  const end = () => clearInterval(timer);
  setTimeout(end, WAKING);
  for (const type of ["pointerdown", "keydown"]) hear(window, type, end, { capture: true, once: true });
}

// Firefox fills the server's current page with a restored session's values: nobody has touched the page yet.
function refuseRestored(event) {
  const { target, isTrusted } = event;
  if (!isTrusted || navigator.userActivation?.hasBeenActive !== false || !mayBeRestored(target)) return;
  event.stopPropagation();
  putBack(leftSaying.get(target) ?? first(target), target);
}

// What a password manager fills in is welcome.
const mayBeRestored = (field) => field.form?.autocomplete === "off" && fieldsOf(field.form).includes(field);

function putBack(value, field) {
  if (!field.isConnected || now(field) === value) return;
  say(field, value);
  if (field.form.dataset.draft) keep(field.form);
}
