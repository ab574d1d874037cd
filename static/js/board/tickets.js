/** What the board does when tickets are changed in other tabs or by other people. */

import { placeTicket, removeTicket, revive } from "./board.js";
import { glow } from "../page/fresh.js";
import { findPerson } from "../live/people.js";
import { cardWith } from "../page/places.js";
import { later, t } from "../page/language.js";

export const ticketHandlers = {
  "ticket.created": (ticket, message) => {
    revive(ticket.id);
    showChanged(later("%(person)s added this"))(ticket, message);
  },
  "ticket.updated": showChanged(later("%(person)s changed this")),
  "ticket.moved": showChanged(later("%(person)s moved this")),
  "ticket.spread": placeTicket,
  "ticket.deleted": ({ id }) => removeTicket(id),
};

function showChanged(done) {
  return (ticket, { actorId }) => {
    const known = Number(cardWith(ticket.id)?.dataset.version ?? 0);
    const card = placeTicket(ticket);
    const actor = actorId && findPerson(actorId);
    if (card && ticket.version > known) glow(card, actor && t(done, { person: actor.name }));
  };
}
