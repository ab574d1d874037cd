/**
 * What this page hears from the server. All tabs of a browser share one stream: the leader listens and relays, and every
 * tab keeps its own place in the log, notices what it missed, and goes on from there when it becomes the leader.
 */

import { Chain, isAfter } from "./chain.js";
import { hear } from "./dom.js";
import { election } from "./election.js";
import { Relay } from "./relay.js";
import { goToLogin, me } from "./session.js";
import { Source, listen } from "./source.js";

const TICK = 1_000;
const EAGER = 2_000;
const ANSWER = 400;

export class Stream {
  #url;
  #chain;
  #onMessage;
  #onState;
  #source;
  #relay;
  #election;
  #open = false;
  #state = "reconnecting";
  #until = 0;
  #late;
  #heard = 0;
  #probed = 0;
  #newest = null;
  #gap = 0;
  #reader = null;

  /** `data` of the page: whose it is, the stream's address, the page's place in the log, the server's keepalive in seconds. */
  constructor({ me, events, cursor, keepalive }, { onMessage, onState }) {
    this.#url = events;
    this.#chain = new Chain(cursor);
    this.#onMessage = onMessage;
    this.#onState = onState;
    this.#late = keepalive * 1_500 + 1_000;
    this.#source = new Source(() => this.#address(), this.#late, {
      onLink: (link) => this.#relayLink(link),
      onState: (state, until) => this.#show(state, until),
    });
    this.#relay = new Relay(`punt ${me}`, this.#handlers);
    this.#election = election(`punt ${me}`, {
      elected: () => this.#lead(),
      deposed: () => this.#source.close(),
      rivalled: () => this.#announce(),
      left: () => this.#relay.tell("bye"),
    });
  }

  start() {
    hear(window, "pagehide", () => this.close());
    hear(window, "pageshow", ({ persisted }) => persisted && this.open());
    hear(document, "freeze", () => this.close());
    hear(document, "resume", () => this.open());
    hear(window, "online", () => this.#leading && this.#source.open());
    hear(window, "offline", () => this.#show("offline", 0));
    hear(document, "visibilitychange", () => this.#look());
    setInterval(() => this.#check(), TICK);
    this.#onState(this.#state, 0);
    this.open();
  }

  open() {
    if (this.#open) return;
    this.#open = true;
    this.#heard = Date.now();
    this.#relay.open();
    this.#election.enter();
    this.#relay.tell("hello");
  }

  close() {
    this.#open = false;
    this.#source.close();
    this.#closeGap();
    this.#election.leave();
    this.#relay.close();
  }

  get #leading() {
    return this.#election.leading;
  }

  #lead() {
    if (!this.#open) return this.#election.leave(); // it was granted in the moment of leaving
    this.#closeGap();
    this.#announce();
    this.#source.open();
  }

  #relayLink({ id, message }) {
    const link = { previous: this.#chain.cursor, id, message };
    if (this.#chain.add(link) !== true) return;
    this.#relay.tell("links", [link]);
    if (message) this.#onMessage(message);
  }

  #handlers = {
    hello: () => {
      if (!this.#leading) return;
      this.#source.check();
      this.#announce();
    },
    ask: (cursor) => this.#leading && this.#relay.tell("links", this.#chain.since(cursor) ?? []),
    news: (news) => this.#hearLeader(news),
    links: (links) => links.forEach((link) => this.#take(link)),
    bye: () => this.#election.freed(),
  };

  #announce() {
    this.#relay.tell("news", { id: this.#election.id, state: this.#state, until: this.#until, at: this.#chain.cursor });
  }

  #hearLeader({ id, state, until, at }) {
    this.#election.heard(id);
    if (this.#leading) return;
    this.#note();
    this.#show(state, until);
    this.#chain.cursor ??= at;
    if (at && isAfter(at, this.#chain.cursor)) this.#miss(at);
  }

  #take(link) {
    this.#note();
    const taken = this.#chain.add(link);
    if (taken && link.message) this.#onMessage(link.message);
    if (taken === null && !this.#leading) this.#miss(link.id);
    else if (this.#gap && !isAfter(this.#newest, this.#chain.cursor)) this.#closeGap();
  }

  #note() {
    this.#heard = Date.now();
    this.#probed = 0;
  }

  // The leader may still know what lies between; else this tab reads it by itself.
  #miss(newest) {
    this.#newest = newest;
    if (this.#gap) return;
    this.#relay.tell("ask", this.#chain.cursor);
    this.#gap = setTimeout(() => this.#read(), ANSWER);
  }

  #read() {
    this.#reader = listen(this.#address(), ({ id, message }) => {
      this.#take({ previous: this.#chain.cursor, id, message });
      if (!message) this.#closeGap(); // a stream pings when all that was missed has come
    });
    this.#reader.onerror = () => this.#closeGap();
  }

  #closeGap() {
    clearTimeout(this.#gap);
    this.#gap = 0;
    this.#reader?.close();
    this.#reader = null;
  }

  #address() {
    const url = new URL(this.#url, location.href);
    if (this.#chain.cursor) url.searchParams.set("lastEventId", this.#chain.cursor);
    return url;
  }

  #look() {
    if (document.visibilityState !== "visible") return;
    this.#check();
    this.#relay.tell("hello");
  }

  // A page that sleeps has closed its channel before, so whoever answers lives; whoever does not loses the lead.
  #check() {
    if (!this.#open) return;
    if (this.#leading) return this.#source.check();
    const now = Date.now();
    const late = Math.min(this.#election.late, this.#state === "live" ? this.#late : EAGER);
    if (now - this.#heard < late) return;
    if (!this.#probed) {
      this.#probed = now;
      this.#relay.tell("hello");
    } else if (now - this.#probed > this.#election.grace) {
      this.#note();
      this.#election.seize();
    }
  }

  #show(state, until) {
    if (state === this.#state && until === this.#until) return;
    this.#state = state;
    this.#until = until;
    this.#onState(state, until);
    if (this.#leading) this.#announce();
    if (state !== "signed-out") return;
    this.close();
    goToLogin();
  }
}
