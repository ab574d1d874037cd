/** A ticket on a page of its own. */

import { TicketView } from "./ticket-view.js";
import { toastNext } from "./toast.js";

/** Makes the forms in `host` instant and returns what it wants to hear from the stream. */
export function startTicketPage(host) {
  const { pathname } = location;
  const view = new TicketView(host, () => {}, goToBoard);
  // After a reload of a ticket that was opened over its board, history takes this page for the board's.
  addEventListener("popstate", () => location.pathname !== pathname && location.reload());
  return view.handlers;
}

function goToBoard() {
  toastNext("The ticket is deleted.");
  location.assign(location.pathname.replace(/tickets\/\d+$/, "board"));
}
