/** Starts what the page has. */

import { api } from "./api.js";
import { Board } from "./board.js";
import { Columns } from "./columns.js";
import { showConnection } from "./connection.js";
import { TicketDialog } from "./dialog.js";
import { Drag } from "./drag.js";
import { labelHandlers, showLabel } from "./labels.js";
import { Live } from "./live.js";
import { Mover } from "./mover.js";
import { People } from "./people.js";
import { listProjects, projectHandlers, showProject } from "./projects.js";
import { QuickAdd } from "./quick-add.js";
import { Resync } from "./resync.js";
import { Stream } from "./stream.js";
import { TicketPage } from "./ticket-page.js";
import { ticketHandlers } from "./tickets.js";
import { showKeptToast, toastNext } from "./toast.js";
import { wipeHandlers } from "./wipe.js";

const live = new Live();
const people = new People();
const root = document.querySelector("[data-board]");
const project = root?.dataset.project;
const stream = new Stream(document.body.dataset.events, document.body.dataset.cursor, {
  onMessage: (message) => live.receive(message),
  onState: showConnection,
  onRefused: checkProject,
});

live.on(wipeHandlers(() => stream.close()));
live.on(people.handlers);
live.on(labelHandlers);
live.on(projectHandlers((id) => id === project && leave()));
if (root) startBoard();
else startPage();
showKeptToast();
stream.start();

function startBoard() {
  const board = new Board(root, people, { onUnknownColumn: () => resync.run() });
  const columns = new Columns(board);
  const resync = new Resync(board, columns, { onProject: showProject, onLabel: showLabel, onLost: leave });
  const dialog = new TicketDialog(document.querySelector("[data-ticket-dialog]"), board);
  for (const table of [ticketHandlers(board, people), columns.handlers, dialog.handlers, { "stream.reset": () => resync.run() }]) {
    live.on(table, { project });
  }
  dialog.start();
  if (!board.canEdit) return;
  new Drag(board, new Mover(board)).start();
  new QuickAdd(board).start();
}

function startPage() {
  const view = document.querySelector("[data-ticket-view]");
  if (view) live.on(new TicketPage(view.parentElement).handlers);
  if (document.querySelector("[data-project-list]")) live.on({ "stream.reset": async () => listProjects(await api.get("/api/projects")) });
}

// A stream refused to someone who is signed in: the project may be gone, or closed to them.
async function checkProject() {
  if (project) await api.get(`/api/projects/${project}`).catch((error) => error.status === 404 && leave());
}

function leave() {
  stream.close();
  toastNext("This project has been deleted, or you are no longer a member of it.");
  location.assign("/");
}
