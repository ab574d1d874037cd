/** Who else is here, and which ticket they are editing: the page holds a lease at the server while it is visible. */

import { blank } from "../page/blank.js";
import { hear, query, queryAll } from "../page/dom.js";
import { portrait } from "./people.js";
import { cardWith } from "../page/places.js";
import { prefix } from "../page/prefix.js";
import { me } from "../page/session.js";
import { tabId } from "../page/tab.js";
import { writeText } from "../page/write.js";
import { listed, plural, t } from "../page/language.js";

const TOLD_AFTER = 600;
const RENEW = 20_000;
const SHOWN = 3;
const STATE = "[data-connection]";
const OPEN_TICKET = "[data-ticket-view]";

const list = query("[data-presence]");
const host = query(OPEN_TICKET)?.parentElement ?? query("[data-ticket-dialog]");
const lease = `${prefix}/api/projects/${list?.dataset.presence}/presence`;
const headers = { "Content-Type": "application/json", "X-Tab-Id": tabId() };
let others = [];
let ticketId = null;
let told = Promise.resolve();
let saying = new AbortController();
let isHere = false;
let soon = 0;

export const presenceHandlers = list ? { "presence.changed": ({ people }) => showOthers(people) } : {};

export function startPresence() {
  if (!list) return;
  new MutationObserver(tellSoon).observe(query(STATE), { attributeFilter: ["data-connection"] });
  setInterval(tell, RENEW);
  hear(document, "visibilitychange", tell);
  hear(window, "pageshow", ({ persisted }) => persisted && comeBack());
  hear(window, "pagehide", goAway);
  new MutationObserver(lookAtTicket).observe(host, { childList: true });
  lookAtTicket();
}

function lookAtTicket() {
  const editing = query("[data-ticket-form]", host)?.closest(OPEN_TICKET).dataset.ticketView ?? null;
  const changed = editing !== ticketId;
  ticketId = editing;
  if (changed && isHere) tell();
  markOthers();
}

// Once the page is live; a page that is only passed through need not be announced.
function tellSoon() {
  clearTimeout(soon);
  soon = setTimeout(tell, TOLD_AFTER);
}

// One after the other: an older report must not arrive last.
function tell() {
  told = told.then(putLease).catch(() => {});
}

async function putLease() {
  if (saying.signal.aborted || document.hidden || !isLive()) return;
  isHere = true;
  const response = await fetch(lease, { method: "PUT", headers, body: JSON.stringify({ ticketId }), signal: saying.signal });
  if (response.ok) showOthers((await response.json()).people);
}

function goAway() {
  if (isHere) fetch(lease, { method: "DELETE", headers, keepalive: true }).catch(() => {});
  isHere = false;
}

/** Cancels the current report and sends no more: signing out ends the lease, and later reports would be refused. */
export function fallSilent() {
  saying.abort();
  isHere = false;
}

function comeBack() {
  saying = new AbortController();
  tell();
}

function showOthers(people) {
  others = people.filter(({ id }) => id !== me);
  const more = others.length - SHOWN;
  const names = others.map(({ name }) => name).join(", ");
  list.replaceChildren(...others.slice(0, SHOWN).map(portrait));
  list.dataset.more = more > 0 ? `+${more}` : "";
  list.hidden = !names;
  list.title = list.ariaLabel = t("Also here: %(names)s", { names });
  markOthers();
}

function markOthers() {
  for (const old of queryAll("[data-editor]")) old.remove();
  for (const person of others) for (const id of person.ticketIds) markEditor(id, person);
  const view = query(OPEN_TICKET, host);
  const line = view?.querySelector("[data-editors]");
  const names = others.filter(({ ticketIds }) => ticketIds.includes(view?.dataset.ticketView)).map(({ name }) => name);
  const values = { names: listed(names) };
  const text = plural("%(names)s has this open for editing.", "%(names)s have this open for editing.", names.length, values);
  writeText(line, names.length ? text : "");
}

const isLive = () => query(STATE).dataset.connection === "live";

function markEditor(id, person) {
  const place = cardWith(id)?.querySelector('[data-field="key"]');
  if (!place) return;
  const mark = blank("editor");
  mark.title = t("%(person)s has this open for editing", { person: person.name });
  mark.append(portrait(person));
  place.after(mark);
}
