/** Keeps the server's values in a page that the browser restores: by Back, from the page cache, or with a whole session. */

import { hear, query } from "../page/dom.js";
import { keep } from "./drafts.js";
import { fieldsOf, first, now, say } from "./fields.js";
import { noteAll, saidBefore, wake } from "./waking.js";

/** The pages that catch up with other people's changes by themselves. */
const FOLLOWS = "[data-board], [data-ticket-view], [data-settings]";

export function startBroughtBack() {
  noteAll();
  hear(window, "pagehide", noteAll);
  hear(window, "pageshow", ({ persisted }) => persisted && wakeOrReload());
  const [load] = performance.getEntriesByType("navigation");
  if (load?.type === "back_forward") hear(window, "input", refuseRestored, { capture: true });
}

function wakeOrReload() {
  if (query("[data-draft]") && !query(FOLLOWS)) location.reload();
  else wake();
}

// Firefox fills the server's current page with a restored session's values: nobody has touched the page yet.
function refuseRestored(event) {
  const { target, isTrusted } = event;
  if (!isTrusted || navigator.userActivation?.hasBeenActive !== false || !mayBeRestored(target)) return;
  event.stopPropagation();
  putBack(saidBefore(target) ?? first(target), target);
}

// What a password manager fills in is welcome.
const mayBeRestored = (field) => field.form?.autocomplete === "off" && fieldsOf(field.form).includes(field);

function putBack(value, field) {
  if (!field.isConnected || now(field) === value) return;
  say(field, value);
  if (field.form.dataset.draft) keep(field.form);
}
