/** After a reset, brings the board up to date without a reload, from the server's own page of it. */

import { Unreachable, fetchPage } from "../page/api.js";
import { adoptCard, allCards, board, countCards, removeTicket, reviveAll } from "./board.js";
import { removeColumn, showColumn } from "./columns.js";
import { doubtPage } from "../page/connection.js";
import { query, queryAll } from "../page/dom.js";
import { dropFrom, reviveLabels } from "../live/labels.js";
import { leaveProject } from "../live/leaving.js";
import { cardsOf, listsOf, panelsOf } from "../page/places.js";

const PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
const SPREAD = 1_000;

const page = location.pathname; // without filters, which only hide
let running = false;
let wanted = false;

export const resyncHandlers = { "stream.reset": resync };

const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));

async function resync() {
  wanted = true;
  if (running) return;
  running = true;
  doubtPage(true);
  await sleep(Math.random() * SPREAD); // everybody who has this board open requests it now
  for (let pause = PAUSE; wanted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    wanted = false;
    await fetchBoard().catch(reportError);
    if (wanted) await sleep(pause * (0.5 + Math.random()));
  }
  running = false;
  doubtPage(false);
}

async function fetchBoard() {
  const known = new Map(allCards().map(({ dataset }) => [dataset.ticket, dataset.version]));
  reviveAll();
  reviveLabels();
  const offered = ["assignee", "label"].map((name) => [name, offers(name)]);
  try {
    const fresh = await fetchPage(page);
    query("[data-people]").replaceWith(query("[data-people]", fresh));
    for (const [name, before] of offered) adoptFacet(name, before, offers(name, fresh));
    adoptBoard(query("[data-board]", fresh), known);
  } catch (error) {
    if (error instanceof Unreachable || error.status === 429 || error.status >= 500) wanted = true;
    else if (error.status === 404) leaveProject();
    else throw error;
  }
}

/** A page's options of a filter, by value. */
const offers = (name, place) => new Map(queryAll(`[data-facet=${name}] input`, place).map((box) => [box.value, box.parentElement]));

function adoptFacet(name, known, fresh) {
  const now = offers(name);
  for (const [value, item] of fresh) {
    const own = now.get(value);
    if (own) [...own.children].forEach((part, at) => at && part.replaceWith(item.children[1]));
    else if (!known.has(value)) query(`[data-facet=${name}]`).append(item);
  }
  dropFrom(
    name,
    [...known.keys()].filter((value) => !fresh.has(value)).map((value) => known.get(value)),
  );
}

// What arrived live during the request is newer than the response; only what was here before is in doubt.
function adoptBoard(fresh, known) {
  const cards = listsOf(fresh).flatMap((list) => cardsOf(list).map((card) => [card, list.dataset.column]));
  cards.forEach(([card]) => card.remove());
  const panels = panelsOf(fresh).map(({ dataset }) => showColumn(JSON.parse(dataset.columnWire)));
  for (const [card, column] of cards) {
    adoptCard(card, column, known.get(card.dataset.ticket));
    known.delete(card.dataset.ticket);
  }
  for (const id of known.keys()) removeTicket(id);
  for (const panel of panelsOf(board)) {
    if (panels.includes(panel)) countCards(panel);
    else removeColumn(panel);
  }
}
