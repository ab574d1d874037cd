/**
 * One EventSource that outlives sleep, bfcache, dead networks and refusals: it remembers the last id
 * it saw and continues from there.
 */

import { goToLogin, isSignedIn } from "./session.js";

const PING = 30_000;
const LATE = PING + 5_000;
const DEAD = 2 * PING + 10_000;
const CHECK = 10_000;
const OWN_TRIES = 3;
const LONGEST_WAIT = 30_000;

export class Stream {
  #url;
  #cursor;
  #onMessage;
  #onState;
  #onRefused;
  #source = null;
  #wanted = false;
  #heard = 0;
  #failures = 0;
  #retry = 0;

  /** Calls `onMessage(message)`, `onState("live" | "reconnecting" | "offline")` and, when a signed-in user is refused, `onRefused()`. */
  constructor(url, cursor, { onMessage, onState, onRefused }) {
    this.#url = url;
    this.#cursor = cursor;
    this.#onMessage = onMessage;
    this.#onState = onState;
    this.#onRefused = onRefused;
  }

  start() {
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (event) => event.persisted && this.#open());
    document.addEventListener("freeze", () => this.close());
    document.addEventListener("resume", () => this.#open());
    addEventListener("online", () => this.#wanted && this.#open());
    addEventListener("offline", () => this.#onState("offline"));
    document.addEventListener("visibilitychange", () => this.#lookUp());
    setInterval(() => this.#check(DEAD), CHECK);
    this.#open();
  }

  close() {
    this.#wanted = false;
    this.#drop();
  }

  #open() {
    this.#drop();
    this.#wanted = true;
    this.#heard = Date.now();
    this.#tell();
    const source = new EventSource(this.#address());
    source.onopen = () => this.#live(source);
    source.onerror = () => this.#fail(source);
    source.onmessage = (event) => {
      this.#hear(event);
      this.#onMessage(JSON.parse(event.data));
    };
    source.addEventListener("ping", (event) => this.#hear(event));
    this.#source = source;
  }

  #drop() {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  }

  #address() {
    const url = new URL(this.#url, location.href);
    if (this.#cursor) url.searchParams.set("lastEventId", this.#cursor);
    return url;
  }

  #live() {
    this.#heard = Date.now();
    this.#onState("live");
  }

  #hear(event) {
    this.#heard = Date.now();
    this.#failures = 0;
    if (event.lastEventId) this.#cursor = event.lastEventId;
    this.#onState("live");
  }

  // The browser retries by itself, at the server's hint but without ever growing slower: after a few tries we take over.
  async #fail(source) {
    this.#tell();
    this.#failures += 1;
    const refused = source.readyState === EventSource.CLOSED;
    if (!refused && this.#failures <= OWN_TRIES) return;
    this.#drop();
    if (refused && (await this.#isSignedOut())) return this.#leave();
    if (this.#wanted && !this.#source) this.#openLater();
  }

  async #isSignedOut() {
    try {
      if (!(await isSignedIn())) return true;
      await this.#onRefused();
    } catch {
      this.#tell();
    }
    return false;
  }

  #leave() {
    this.close();
    goToLogin();
  }

  #openLater() {
    const wait = Math.min(LONGEST_WAIT, 500 * 2 ** this.#failures);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), wait * (0.5 + Math.random()));
  }

  #lookUp() {
    if (document.visibilityState !== "visible" || !this.#wanted) return;
    if (this.#source) this.#check(LATE);
    else this.#open();
  }

  #check(silence) {
    if (this.#source && Date.now() - this.#heard > silence) this.#open();
  }

  #tell() {
    this.#onState(navigator.onLine ? "reconnecting" : "offline");
  }
}
