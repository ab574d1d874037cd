/** Moves cards at once and tells the server afterwards, in the order of the drops. */

import { announceMove } from "./news.js";
import { api } from "../page/api.js";
import { hold, release, seat, ticketsPath } from "./board.js";
import { cardWith, columnName, placeOf } from "../page/places.js";
import { toast } from "../page/toast.js";
import { revertMove, undoAfter, undoable } from "../ticket/undo.js";
import { plural, t } from "../page/language.js";

/** Beyond the end of any column. */
const BOTTOM = 1_000_000;

let queue = Promise.resolve();

/** Puts `cards` together into a `list` between the cards `previous` and `next`, either of which may be null. */
export function moveCards(cards, place) {
  const next = seatBefore(place, cards);
  const back = cards.map((card) => [card.dataset.ticket, wishes(placeOf(card)), card.dataset.rank]).reverse();
  const ids = cards.map((card) => {
    const { ticket } = card.dataset;
    hold(ticket);
    card.dataset.pending = "";
    seat(card, place.list, next);
    return ticket;
  });
  announceMove(cards);
  queue = queue.then(() => sendMove(ids, place, back, wishes(place)));
  undoAfter(queue);
}

// A neighbour may have left meanwhile: then the next choice counts.
async function sendMove(ids, place, back, [wish, ...others]) {
  try {
    const tickets = await askFor(ids, wish);
    for (const ticket of tickets) release(ticket.id, ticket);
    offerUndo(tickets, place, back);
  } catch (error) {
    if (error.status === 400 && others.length) return sendMove(ids, place, back, others);
    failMove(ids, place, error);
  }
}

async function askFor(ids, wish) {
  return ids[1] ? api.patch(ticketsPath, { ticketIds: ids, updates: wish }) : [await api.patch(pathTo(ids[0]), wish)];
}

function offerUndo(tickets, { list }, back) {
  const moved = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  const undo = back.map(([id, ways, rank]) => {
    const ticket = moved.get(id);
    return [() => revertMove(pathTo(id), ways, rank, ticket), ticket.key];
  });
  const what = tickets[1] ? plural("%(num)s ticket", "%(num)s tickets", tickets.length) : tickets[0].key;
  undoable(t("%(what)s moved to %(column)s.", { what, column: columnName(list) }), undo, { quiet: true });
}

// As far as we know nothing was moved: if the server did it after all, the stream will say so.
function failMove(ids, place, { message }) {
  const run = () => {
    const cards = ids.map(cardWith).filter(Boolean);
    if (cards.length && place.list.isConnected) moveCards(cards, place);
  };
  for (const id of ids) release(id);
  const said = plural("The ticket was not moved.", "%(num)s tickets were not moved.", ids.length);
  toast(`${said} ${message}`, { failed: true, action: t("Retry"), run });
}

const pathTo = (id) => `${ticketsPath}/${id}`;

/** The element to put cards before; between the neighbours there may be hidden cards, and the moved ones themselves. */
function seatBefore({ list, next, previous }, cards) {
  if (next?.parentElement === list) return next;
  let after = previous?.parentElement === list ? previous.nextElementSibling : null;
  while (cards.includes(after)) after = after.nextElementSibling;
  return after;
}

function wishes({ list, next, previous }) {
  const columnId = list.dataset.column;
  return [
    ...(next ? [{ columnId, before: next.dataset.ticket }] : []),
    ...(previous ? [{ columnId, after: previous.dataset.ticket }] : []),
    { columnId, order: previous ? BOTTOM : 0 },
  ];
}
