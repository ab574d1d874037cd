/**
 * What this page receives from the server. All tabs of a browser share one stream: the leader listens and relays; every
 * tab keeps its own cursor, notices what it missed, and continues from there when it becomes the leader.
 */

import { Chain, isAfter, isAhead } from "./chain.js";
import { showConnection } from "../page/connection.js";
import { hear } from "../page/dom.js";
import { election } from "./election.js";
import { receive } from "./dispatch.js";
import { prefix } from "../page/prefix.js";
import { Relay } from "./relay.js";
import { goToLogin, me } from "../page/session.js";
import { Source, listen } from "./source.js";

const TICK = 1_000;
const EAGER = 2_000;
const ANSWER = 400;

/** From the page: the stream's address, the page's cursor, the server's keepalive interval in seconds. */
const { events, cursor, keepalive } = document.body.dataset;
/** The silence in ms after which a stream is dead. */
const patience = keepalive * 1_500 + 1_000;

const chain = new Chain(cursor);
const source = new Source(address, patience, { onLink: relayLink, onState: showState });
const relay = new Relay(`punt${prefix} ${me}`, {
  hello: () => {
    if (!leadership.leading) return;
    source.check();
    announceState();
  },
  ask: (from) => leadership.leading && relay.tell("links", chain.since(from) ?? []),
  news: hearLeader,
  links: (links) => links.forEach(takeLink),
  bye: () => leadership.freed(),
});
const leadership = election(`punt${prefix} ${me}`, {
  elected: lead,
  deposed: () => source.close(),
  rivalled: announceState,
  left: () => relay.tell("bye"),
});
let listening = false;
let state = "reconnecting";
let until = 0;
let heard = 0;
let probed = 0;
/** The leader's state, and the newest cursor that it named and this tab has not reached. */
let theirs = ["reconnecting", 0];
let latest = null;
let gap = 0;
let reader = null;

export function startStream() {
  hear(window, "pagehide", closeStream);
  hear(window, "pageshow", ({ persisted }) => persisted && openStream());
  hear(document, "freeze", closeStream);
  hear(document, "resume", openStream);
  hear(window, "online", () => leadership.leading && source.open());
  hear(window, "offline", () => showState("offline", 0));
  hear(document, "visibilitychange", look);
  setInterval(check, TICK);
  showConnection(state);
  openStream();
}

/** The messages that arrived since the server rendered another page, by the cursor in it. */
export const heardSince = ({ body }) => (chain.since(body.dataset.cursor) ?? []).flatMap(({ message }) => message ?? []);

function openStream() {
  if (listening) return;
  listening = true;
  heard = Date.now();
  theirs = ["reconnecting", 0]; // a page that comes back does not know yet what it missed
  latest = null;
  showState(...theirs);
  relay.open();
  leadership.enter();
  relay.tell("hello");
}

export function closeStream() {
  listening = false;
  source.close();
  closeGap();
  leadership.leave();
  relay.close();
}

function lead() {
  if (!listening) return leadership.leave(); // it was granted at the moment of leaving
  latest = null;
  closeGap();
  announceState();
  source.open();
}

function relayLink({ id, message }) {
  const link = { previous: chain.cursor, id, message };
  if (chain.add(link) !== true) return;
  relay.tell("links", [link]);
  if (message) receive(message);
}

function announceState() {
  relay.tell("news", { id: leadership.id, state, until, at: chain.cursor });
}

function hearLeader({ id, state: said, until: next, at }) {
  leadership.heard(id);
  if (leadership.leading) return;
  noteLife();
  theirs = [said, next];
  chain.cursor ??= at;
  if (at && isAfter(at, chain.cursor)) missLinks(at);
  else showTheirs();
}

function takeLink(link) {
  noteLife();
  const taken = chain.add(link);
  if (taken && link.message) receive(link.message);
  if (taken === null && !leadership.leading) missLinks(link.id);
  else if (latest && (!isAfter(latest, chain.cursor) || link.message?.type === "stream.reset")) haveAll();
}

function noteLife() {
  heard = Date.now();
  probed = 0;
}

// The leader may still have what is missing; otherwise this tab fetches it by itself.
function missLinks(newest) {
  latest = newest;
  showTheirs();
  if (gap) return;
  relay.tell("ask", chain.cursor);
  gap = setTimeout(readGap, ANSWER);
}

function readGap() {
  reader = listen(address(), ({ id, message }) => {
    takeLink({ previous: chain.cursor, id, message });
    if (message) return;
    // A stream pings when everything missed at its beginning has arrived; the leader may have relayed more since.
    if (latest && isAhead(latest, id)) relay.tell("ask", chain.cursor);
    else haveAll();
  });
  reader.onerror = closeGap; // the next tick tries again
}

function haveAll() {
  latest = null;
  closeGap();
  showTheirs();
}

// A tab is live when its leader is and it has everything that the leader has.
function showTheirs() {
  const [said, next] = theirs;
  if (!leadership.leading) showState(said === "live" && latest ? "reconnecting" : said, next);
}

function closeGap() {
  clearTimeout(gap);
  gap = 0;
  reader?.close();
  reader = null;
}

function address() {
  const url = new URL(events, location.href);
  if (chain.cursor) url.searchParams.set("lastEventId", chain.cursor);
  return url;
}

function look() {
  if (document.visibilityState !== "visible") return;
  check();
  relay.tell("hello");
}

// A page closes its channel before it is frozen, so whoever answers is alive; whoever does not loses the lead.
function check() {
  if (!listening) return;
  if (leadership.leading) return source.check();
  if (latest) missLinks(latest);
  const now = Date.now();
  const late = Math.min(leadership.late, state === "live" ? patience : EAGER);
  if (Math.abs(now - heard) < late) return;
  if (!probed) {
    probed = now;
    relay.tell("hello");
  } else if (now - probed > leadership.grace) {
    noteLife();
    leadership.seize();
  }
}

function showState(now, next) {
  if (now === state && next === until) return;
  state = now;
  until = next;
  showConnection(state, until);
  if (leadership.leading) announceState();
  if (state !== "signed-out") return;
  closeStream();
  goToLogin();
}
