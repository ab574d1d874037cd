/** What is announced about moves and about other people's changes on the board. */

import { announce } from "../page/announcer.js";
import { listOf } from "./board.js";
import { findPerson } from "../live/people.js";
import { columnName, keyOf, visible } from "../page/places.js";
import { later, plural, t } from "../page/language.js";

const GATHERED = 2_000;

/** "PUNT-12 moved to Review, position 2 of 5." */
export function announceMove(cards) {
  const list = cards[0].parentElement;
  const all = visible(list);
  const values = { what: severalOr(keyOf(cards[0]), cards), column: columnName(list), place: all.indexOf(cards[0]) + 1, all: all.length };
  announce(t("%(what)s moved to %(column)s, position %(place)s of %(all)s.", values));
}

/** Announces what others do, combined every two seconds: "Bob moved 3 tickets." */
export function newsHandlers() {
  const news = new Map();
  const tell = () => {
    announce([...news.values()].map(({ did, who, all }) => t(did, { who, what: severalOr(all[0], all) })).join(" "));
    news.clear();
  };
  const note =
    (did, placed) =>
    ({ key = t("a ticket"), columnId }, { actorId }) => {
      const who = findPerson(actorId)?.name ?? t("Someone");
      const list = placed && listOf(columnId);
      if (!news.size) setTimeout(tell, GATHERED);
      const one = news.get(did + who) ?? { did, who, all: [] };
      one.all.push(list ? t("%(key)s to %(column)s", { key, column: columnName(list) }) : key);
      news.set(did + who, one);
    };
  return {
    "ticket.created": note(later("%(who)s added %(what)s."), true),
    "ticket.updated": note(later("%(who)s changed %(what)s.")),
    "ticket.moved": note(later("%(who)s moved %(what)s."), true),
    "ticket.deleted": note(later("%(who)s deleted %(what)s.")),
  };
}

const severalOr = (one, all) => (all.length > 1 ? plural("%(num)s ticket", "%(num)s tickets", all.length) : one);
