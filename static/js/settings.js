/** Keeps a project's settings as the server shows them now; what somebody is at stays, unless just that has changed. */

import { fetchPage } from "./api.js";
import { restore } from "./drafts.js";
import { toast } from "./toast.js";

const LIST = "data-live-list";
const UNIT = "[data-live]";
const TYPES = ["member", "label", "column"].flatMap((noun) => ["created", "updated", "deleted"].map((verb) => `${noun}.${verb}`));

let main = document.querySelector("[data-settings]");
let known = main && read(main);
let newest = 0;

export const settingsHandlers = main ? Object.fromEntries([...TYPES, "project.updated", "stream.reset"].map((type) => [type, follow])) : {};

async function follow() {
  const turn = (newest += 1);
  const page = await fetchPage(main.dataset.settings).catch(() => null);
  const fresh = page?.querySelector("[data-settings]");
  if (!fresh || turn !== newest) return;
  const held = document.activeElement;
  const now = read(fresh);
  if (fresh.dataset.can === main.dataset.can) for (const list of main.querySelectorAll(`[${LIST}]`)) adopt(list, fresh, now);
  else main.replaceWith((main = fresh));
  known = now;
  for (const form of main.querySelectorAll("[data-draft]")) {
    if (restore(form).length) toast("Somebody else has just changed what you are typing here.");
  }
  if (document.activeElement !== held) (held.isConnected ? held : document.getElementById(held.id))?.focus({ preventScroll: true });
}

function adopt(list, fresh, now) {
  const units = [...fresh.querySelector(`[${LIST}="${list.getAttribute(LIST)}"]`).children].map((unit) => {
    const { live } = unit.dataset;
    return known.get(live) === now.get(live) ? list.querySelector(`[data-live="${live}"]`) ?? unit : unit;
  });
  const same = units.length === list.children.length && units.every((unit, at) => unit === list.children[at]);
  if (!same) list.replaceChildren(...units);
}

/** Each unit as the server wrote it. */
function read(place) {
  return new Map(Array.from(place.querySelectorAll(UNIT), (unit) => [unit.dataset.live, unit.outerHTML]));
}
