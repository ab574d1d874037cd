/** What the board does when tickets change elsewhere. */

import { glow } from "./fresh.js";

export function ticketHandlers(board, people) {
  const show = (done) => (ticket, { actorId }) => {
    const known = Number(board.card(ticket.id)?.dataset.version ?? 0);
    const card = board.place(ticket);
    const actor = actorId && people.find(actorId);
    if (card && ticket.version > known) glow(card, actor && `${actor.name} ${done} this`);
  };
  const added = show("added");
  return {
    "ticket.created": (ticket, message) => {
      board.revive(ticket.id);
      added(ticket, message);
    },
    "ticket.updated": show("changed"),
    "ticket.moved": show("moved"),
    "ticket.deleted": ({ id }) => board.remove(id),
  };
}
