/** Keeps a project's settings page up to date; fields that somebody is using stay, unless exactly those have changed. */

import { fetchPage } from "../page/api.js";
import { byId, focusInPlace, focused, query, queryAll } from "../page/dom.js";
import { restore } from "../forms/drafts.js";
import { typesOf } from "./dispatch.js";
import { table } from "../page/table.js";
import { toast } from "../page/toast.js";
import { t } from "../page/language.js";

const LIST = "data-live-list";
const UNIT = "[data-live]";

let settings = query("[data-settings]");
let written = settings && readUnits(settings);
let newest = 0;

export const settingsHandlers = settings
  ? table([...typesOf("member", "label", "column"), "project.updated", "stream.reset"], () => followSettings)
  : {};

async function followSettings() {
  const turn = (newest += 1);
  const page = await fetchPage(settings.dataset.settings).catch(() => null);
  const fresh = page?.querySelector("[data-settings]");
  if (!fresh || turn !== newest) return;
  const held = focused();
  const now = readUnits(fresh);
  if (fresh.dataset.can === settings.dataset.can) for (const list of queryAll(`[${LIST}]`, settings)) adoptList(list, fresh, now);
  else settings.replaceWith((settings = fresh));
  written = now;
  for (const form of queryAll("[data-draft]", settings)) {
    if (restore(form).length) toast(t("Somebody else has just changed what you are typing here."));
  }
  if (focused() !== held) focusInPlace(held.isConnected ? held : byId(held.id));
}

function adoptList(list, fresh, now) {
  const units = [...query(`[${LIST}="${list.getAttribute(LIST)}"]`, fresh).children].map((unit) => {
    const { live } = unit.dataset;
    return written.get(live) === now.get(live) ? (query(`[data-live="${live}"]`, list) ?? unit) : unit;
  });
  const same = units.length === list.children.length && units.every((unit, at) => unit === list.children[at]);
  if (!same) list.replaceChildren(...units);
}

/** Each unit as the server rendered it, without the page's mark. */
function readUnits(place) {
  return new Map(queryAll(UNIT, place).map((unit) => [unit.dataset.live, unit.outerHTML.replace(/"once" value="\w+"/g, "")]));
}
