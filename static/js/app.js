/** Starts what the page has. */

import { Board } from "./board.js";
import { showConnection } from "./connection.js";
import { TicketDialog } from "./dialog.js";
import { Drag } from "./drag.js";
import { labelHandlers } from "./labels.js";
import { Live } from "./live.js";
import { Mover } from "./mover.js";
import { People } from "./people.js";
import { projectHandlers } from "./projects.js";
import { QuickAdd } from "./quick-add.js";
import { Resync } from "./resync.js";
import { Stream } from "./stream.js";
import { startTicketPage } from "./ticket-page.js";
import { ticketHandlers } from "./tickets.js";
import { showKeptToast, toastNext } from "./toast.js";
import { wipeHandlers } from "./wipe.js";

const live = new Live();
const people = new People();
const root = document.querySelector("[data-board]");
const project = root?.dataset.project;
const stream = new Stream(document.body.dataset, { onMessage: (message) => live.receive(message), onState: showConnection });

live.on(wipeHandlers(() => stream.close()));
live.on(people.handlers);
live.on(labelHandlers);
live.on(projectHandlers((id) => id === project && leave()));
if (root) startBoard();
else startPage();
showKeptToast();
addEventListener("punt:doubt", () => live.receive({ type: "stream.reset", data: { reason: "doubt" } }));
stream.start();

function startBoard() {
  const board = new Board(root, people);
  const resync = new Resync(board, leave);
  const dialog = new TicketDialog(document.querySelector("[data-ticket-dialog]"), board);
  board.onUnknownColumn = people.onStranger = () => resync.run();
  for (const { handlers } of [resync, dialog, { handlers: ticketHandlers(board, people) }]) live.on(handlers, { project });
  dialog.start();
  if (!board.canEdit) return;
  new Drag(board, new Mover(board)).start();
  new QuickAdd(board).start();
}

function startPage() {
  const view = document.querySelector("[data-ticket-view]");
  if (view) live.on(startTicketPage(view.parentElement));
}

function leave() {
  stream.close();
  toastNext("This project has been deleted, or you are no longer a member of it.");
  location.assign("/");
}
