/** Who else is here, and which ticket they have open for editing: the page holds a lease at the server while it is seen. */

import { listed } from "./announcer.js";
import { blank } from "./blank.js";
import { hear, query, queryAll } from "./dom.js";
import { portrait } from "./people.js";
import { me } from "./session.js";
import { tabId } from "./tab.js";
import { writeText } from "./write.js";

const TOLD_AFTER = 600;
const RENEW = 20_000;
const SHOWN = 3;
const OPEN_TICKET = "[data-ticket-view]";

export class Presence {
  #list;
  #url;
  #headers = { "Content-Type": "application/json", "X-Tab-Id": tabId() };
  #host = query(OPEN_TICKET)?.parentElement ?? query("[data-ticket-dialog]");
  #others = [];
  #ticketId = null;
  #told = Promise.resolve();
  #here = false;

  handlers = { "presence.changed": ({ people }) => this.#show(people) };

  /** Shows the others in `list`, which names the project. */
  constructor(list) {
    this.#list = list;
    this.#url = `/api/projects/${list.dataset.presence}/presence`;
  }

  start() {
    const tell = () => this.#tell();
    setTimeout(tell, TOLD_AFTER); // who only passes through need not be announced
    setInterval(tell, RENEW);
    hear(document, "visibilitychange", tell);
    hear(window, "pageshow", ({ persisted }) => persisted && tell());
    hear(window, "pagehide", () => this.#leave());
    new MutationObserver(() => this.#look()).observe(this.#host, { childList: true });
    this.#look();
  }

  #look() {
    const editing = query("[data-ticket-form]", this.#host)?.closest(OPEN_TICKET).dataset.ticketView ?? null;
    const changed = editing !== this.#ticketId;
    this.#ticketId = editing;
    if (changed && this.#here) this.#tell();
    this.#mark();
  }

  // One after the other: an older word must not arrive last.
  #tell() {
    this.#told = this.#told.then(() => this.#put()).catch(() => {});
  }

  async #put() {
    if (document.hidden || !isLive()) return;
    this.#here = true;
    const body = JSON.stringify({ ticketId: this.#ticketId });
    const response = await fetch(this.#url, { method: "PUT", headers: this.#headers, body });
    if (response.ok) this.#show((await response.json()).people);
  }

  #leave() {
    if (this.#here) fetch(this.#url, { method: "DELETE", headers: this.#headers, keepalive: true }).catch(() => {});
    this.#here = false;
  }

  #show(people) {
    this.#others = people.filter(({ id }) => id !== me);
    const more = this.#others.length - SHOWN;
    const names = this.#others.map(({ name }) => name).join(", ");
    this.#list.replaceChildren(...this.#others.slice(0, SHOWN).map(portrait));
    this.#list.dataset.more = more > 0 ? `+${more}` : "";
    this.#list.hidden = !names;
    this.#list.title = this.#list.ariaLabel = `Also here: ${names}`;
    this.#mark();
  }

  #mark() {
    for (const old of queryAll("[data-editor]")) old.remove();
    for (const person of this.#others) for (const id of person.ticketIds) markEditor(id, person);
    const view = query(OPEN_TICKET, this.#host);
    const line = view?.querySelector("[data-editors]");
    const names = this.#others.filter(({ ticketIds }) => ticketIds.includes(view?.dataset.ticketView)).map(({ name }) => name);
    const text = `${listed(names)} ${names.length > 1 ? "have" : "has"} this open for editing.`;
    writeText(line, names.length ? text : "");
  }
}

const isLive = () => query("[data-connection]").dataset.connection === "live";

function markEditor(id, person) {
  const place = query(`[data-ticket="${CSS.escape(id)}"] [data-field="key"]`);
  if (!place) return;
  const mark = blank("editor");
  mark.title = `${person.name} has this open for editing`;
  mark.append(portrait(person));
  place.after(mark);
}
