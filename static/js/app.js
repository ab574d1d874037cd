/** Starts what the page has. */

import { newsHandlers } from "./announcer.js";
import { Board } from "./board.js";
import { startCollapse } from "./collapse.js";
import { startColumnDrag } from "./column-drag.js";
import { startColumnMenu } from "./column-menu.js";
import { columnHandlers } from "./columns.js";
import { showConnection } from "./connection.js";
import { TicketDialog } from "./dialog.js";
import { hear, query, queryAll } from "./dom.js";
import { startDrafts } from "./drafts.js";
import { Filters } from "./filters.js";
import { pickerHandlers, startLabelPicker } from "./label-picker.js";
import { labelHandlers } from "./labels.js";
import { Leaving } from "./leaving.js";
import { Live } from "./live.js";
import { startMenus } from "./menus.js";
import { startMoving } from "./moving.js";
import { People } from "./people.js";
import { startPicture } from "./picture.js";
import { startPreview } from "./preview.js";
import { Presence } from "./presence.js";
import { projectHandlers } from "./projects.js";
import { QuickAdd } from "./quick-add.js";
import { Resync } from "./resync.js";
import { settingsHandlers } from "./settings.js";
import { startSwitch } from "./shortcuts.js";
import { Stream } from "./stream.js";
import { startThemes } from "./theme.js";
import { startTicketPage } from "./ticket-page.js";
import { Switcher } from "./switcher.js";
import { ticketHandlers } from "./tickets.js";
import { showKeptToast } from "./toast.js";
import { startUndo } from "./undo.js";
import { wipeHandlers } from "./wipe.js";

const live = new Live();
const people = new People();
const root = query("[data-board]");
const project = root?.dataset.project;
const stream = new Stream(document.body.dataset, { onMessage: (message) => live.receive(message), onState: showConnection });
const leaving = new Leaving(people, () => stream.close());

live.on(wipeHandlers(() => stream.close()));
live.on(people.handlers);
live.on(labelHandlers);
live.on(pickerHandlers);
live.on(projectHandlers);
live.on(leaving.handlers);
live.on(settingsHandlers, { project: query("header [data-project-name]")?.dataset.projectName });
for (const start of [startDrafts, startMenus, startLabelPicker, startPicture, startPreview, startSwitch]) start();
if (root) startBoard();
else startPage();
for (const list of queryAll("[data-presence]")) startPresence(list);
new Switcher().start();
showKeptToast();
startThemes();
hear(window, "punt:doubt", () => live.receive({ type: "stream.reset", data: { reason: "doubt" } }));
stream.start();

function startBoard() {
  const board = new Board(root, people);
  const resync = new Resync(board, () => leaving.leave());
  const dialog = new TicketDialog(query("[data-ticket-dialog]"), board);
  board.onUnknownColumn = people.onStranger = () => resync.run();
  live.on(columnHandlers(board), { project });
  for (const { handlers } of [resync, dialog, { handlers: ticketHandlers(board, people) }]) live.on(handlers, { project });
  live.on(newsHandlers(board, people), { project });
  dialog.start();
  startMoving(board);
  new Filters(board).start();
  startCollapse(root);
  if (query("[data-column-new]", root)) for (const start of [startColumnMenu, startColumnDrag]) start(root);
  if (!board.canEdit) return;
  startUndo((ticket) => dialog.showAgain(ticket));
  new QuickAdd(board).start();
}

function startPage() {
  const view = query("[data-ticket-view]");
  if (view) live.on(startTicketPage(view.parentElement));
}

function startPresence(list) {
  const presence = new Presence(list);
  live.on(presence.handlers, { project: list.dataset.presence });
  presence.start();
}
