/** Which tab of this browser listens to the server. Two at once, for a moment, do no harm. */

import { randomId } from "../page/tab.js";

const FIRST = 250;
const STAGGER = 50;

/** By Web Locks: when a tab closes or crashes, the browser itself elects the next one. */
class Locks {
  /** After how much silence the leader is pinged, and how long it has to reply, in ms. */
  late = Infinity;
  grace = 5_000;
  leading = false;
  #name;
  #on;
  #queue;
  #release;

  constructor(name, on) {
    this.#name = name;
    this.#on = on;
  }

  enter() {
    this.#queue = new AbortController();
    this.#request({ signal: this.#queue.signal });
  }

  leave() {
    this.leading = false;
    this.#queue.abort();
    this.#release?.();
  }

  /** Replaces a leader that does not respond. */
  seize() {
    this.#queue.abort();
    this.#request({ steal: true });
  }

  heard() {}

  freed() {}

  async #request(options) {
    const lead = (release) => {
      this.#release = release;
      this.leading = true;
      this.#on.elected();
    };
    try {
      await navigator.locks.request(this.#name, options, () => new Promise(lead));
    } catch {
      if (this.leading) this.#lose(); // otherwise it only stopped waiting
    }
  }

  #lose() {
    this.leading = false;
    this.#on.deposed();
    this.enter();
  }
}

/** By messages among the tabs, where the browser has no locks: on plain http in a LAN. */
class Talk {
  late = 2_500;
  grace = 1_000;
  leading = false;
  id = randomId();
  #on;
  #timer = 0;

  constructor(on) {
    this.#on = on;
  }

  enter() {
    this.#leadIn("BroadcastChannel" in window ? FIRST : 0);
  }

  leave() {
    clearTimeout(this.#timer);
    if (this.leading) this.#on.left();
    this.leading = false;
  }

  seize() {
    this.#leadIn(0);
  }

  /** A leader spoke. Of two, the one with the smaller id stays and says so, and the other gives way. */
  heard(id) {
    clearTimeout(this.#timer);
    if (!this.leading) return;
    if (id > this.id) return this.#on.rivalled();
    this.leading = false;
    this.#on.deposed();
  }

  freed() {
    if (!this.leading) this.#leadIn(Math.random() * STAGGER);
  }

  #leadIn(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.leading = true;
      this.#on.elected();
    }, pause);
  }
}

/**
 * How tabs elect a leader here. Calls `elected()` and `deposed()`; without Web Locks also `rivalled()`, when
 * another leader must learn of this one, and `left()`.
 */
export function election(name, on) {
  return navigator.locks && "BroadcastChannel" in window ? new Locks(name, on) : new Talk(on);
}
