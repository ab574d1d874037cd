/** What is announced about moves and about other people's changes on the board. */

import { announce } from "../page/announcer.js";
import { listOf } from "./board.js";
import { findPerson } from "../live/people.js";
import { columnName, keyOf, visible } from "../page/places.js";

const GATHERED = 2_000;

/** "PUNT-12 moved to Review, position 2 of 5." */
export function announceMove(cards) {
  const list = cards[0].parentElement;
  const all = visible(list);
  const what = cards.length > 1 ? `${cards.length} tickets` : keyOf(cards[0]);
  announce(`${what} moved to ${columnName(list)}, position ${all.indexOf(cards[0]) + 1} of ${all.length}.`);
}

/** Announces what others do, combined every two seconds: "Bob moved 3 tickets." */
export function newsHandlers() {
  const news = new Map();
  const tell = () => {
    announce([...news].map(([did, all]) => `${did} ${all[1] ? `${all.length} tickets` : all[0]}.`).join(" "));
    news.clear();
  };
  const note =
    (verb, placed) =>
    ({ key = "a ticket", columnId }, { actorId }) => {
      const did = `${findPerson(actorId)?.name ?? "Someone"} ${verb}`;
      const list = placed && listOf(columnId);
      if (!news.size) setTimeout(tell, GATHERED);
      news.set(did, [...(news.get(did) ?? []), list ? `${key} to ${columnName(list)}` : key]);
    };
  return {
    "ticket.created": note("added", true),
    "ticket.updated": note("changed"),
    "ticket.moved": note("moved", true),
    "ticket.deleted": note("deleted"),
  };
}
