/** One EventSource that survives sleep, dead networks and refusals, and says when it will reconnect. */

import { hear } from "../page/dom.js";
import { isSignedIn } from "../page/session.js";

const OWN_TRIES = 3;
const LONGEST_WAIT = 30_000;
const OPENING = 5_000;
const LONGER = 1_000;

/** Opens a plain stream; `onLink({id, message})` gets its messages, and its pings, which have none. */
export function listen(url, onLink) {
  const source = new EventSource(url);
  source.onmessage = ({ lastEventId: id, data }) => onLink({ id, message: JSON.parse(data) });
  hear(source, "ping", ({ lastEventId: id }) => onLink({ id }));
  return source;
}

export class Source {
  #address;
  #patience;
  #onLink;
  #onState;
  #source = null;
  #begun = false;
  #live = false;
  #heard = 0;
  #failures = 0;
  #busy = 0;
  #until = 0;
  #timer = 0;

  /**
   * Streams from the current `address()`; `patience` is the silence in ms after which a stream is dead. Calls
   * `onLink(link)` and `onState("live" | "reconnecting" | "offline" | "signed-out", until)`.
   */
  constructor(address, patience, { onLink, onState }) {
    this.#address = address;
    this.#patience = patience;
    this.#onLink = onLink;
    this.#onState = onState;
  }

  open() {
    this.close();
    this.#heard = Date.now();
    this.#busy = 0;
    this.#tell();
    const source = listen(this.#address(), (link) => this.#hear(link));
    hear(source, "busy", ({ data }) => (this.#busy = Number(data)));
    source.onerror = () => this.#fail(source);
    this.#source = source;
  }

  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /** Reopens a stream that is silent for too long or overdue: the timers of a hidden tab are unreliable. */
  check() {
    const now = Date.now();
    if (!this.#source) return now > this.#until && this.open();
    // A stream begins with a ping; after sleep the browser may try each of its dead connections first.
    const opening = this.#begun ? Infinity : OPENING + LONGER * this.#failures;
    if (Math.abs(now - this.#heard) < Math.min(opening, this.#patience)) return;
    this.#failures += 1;
    this.open();
  }

  // A ping means that everything missed has arrived: until then the page is catching up.
  #hear(link) {
    this.#heard = Date.now();
    this.#begun = true;
    this.#failures = 0;
    this.#onLink(link);
    if (link.message || this.#live) return;
    this.#live = true;
    this.#onState("live", 0);
  }

  // The browser retries by itself, by the server's hint but without backing off: after a few tries we take over.
  #fail(source) {
    this.#failures += 1;
    this.#heard = Date.now();
    const refused = source.readyState === EventSource.CLOSED;
    if (!refused && !this.#busy && this.#failures <= OWN_TRIES) return this.#tell();
    const pause = Math.min(LONGEST_WAIT, 500 * 2 ** this.#failures) * (0.5 + Math.random());
    this.#openIn(this.#busy || pause);
    if (refused)
      isSignedIn().then(
        (yes) => yes || this.#onState("signed-out", 0),
        () => {},
      );
  }

  #openIn(pause) {
    this.close();
    this.#timer = setTimeout(() => this.open(), pause);
    this.#tell(Date.now() + pause);
  }

  #tell(until = 0) {
    this.#begun = this.#live = false;
    this.#until = until;
    this.#onState(navigator.onLine ? "reconnecting" : "offline", until);
  }
}
