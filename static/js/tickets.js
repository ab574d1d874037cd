/** What the board does when tickets change elsewhere. */

import { glow } from "./fresh.js";

export function ticketHandlers(board, people) {
  const show = (ticket, who) => {
    const known = Number(board.card(ticket.id)?.dataset.version ?? 0);
    const card = board.place(ticket);
    if (card && ticket.version > known) glow(card, who);
  };
  return {
    "ticket.created": (ticket) => {
      board.revive(ticket.id);
      const creator = people.find(ticket.creatorId);
      show(ticket, creator && `${creator.name} added this`);
    },
    "ticket.updated": (ticket) => show(ticket),
    "ticket.moved": (ticket) => show(ticket),
    "ticket.deleted": ({ id }) => board.remove(id),
  };
}
