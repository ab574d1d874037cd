/** A ticket on a page of its own. */

import { hear } from "../page/dom.js";
import { TicketView } from "./view.js";
import { startUndo, undoableNext } from "./undo.js";

/** Makes the forms of the ticket instant and returns its handlers for the stream. */
export function startTicketPage(host) {
  const { pathname } = location;
  const view = new TicketView(host, () => {}, goToBoard);
  // After a reload of a ticket that was opened over its board, the history takes this page for the board's.
  hear(window, "popstate", () => location.pathname !== pathname && location.reload());
  startUndo(() => view.refresh());
  view.resume();
  return view.handlers;
}

function goToBoard(deletion) {
  undoableNext(deletion);
  location.assign(location.pathname.replace(/tickets\/\d+$/, "board"));
}
