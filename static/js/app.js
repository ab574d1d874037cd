/** Starts what the page has. */

import { newsHandlers } from "./announcer.js";
import { board, canEdit } from "./board.js";
import { startBroughtBack } from "./brought-back.js";
import { startCollapse } from "./collapse.js";
import { startColumnDrag } from "./column-drag.js";
import { startColumnMenu } from "./column-menu.js";
import { columnHandlers } from "./columns.js";
import { showTicket, startDialog } from "./dialog.js";
import { hear, query } from "./dom.js";
import { startDrafts } from "./drafts.js";
import { startFilters } from "./filters.js";
import { pickerHandlers, startLabelPicker } from "./label-picker.js";
import { labelHandlers } from "./labels.js";
import { leavingHandlers, project, startLeaving } from "./leaving.js";
import { receive, register } from "./live.js";
import { startMenus } from "./menus.js";
import { startMoving } from "./moving.js";
import { startOnce } from "./once.js";
import { memberHandlers, peopleHandlers } from "./people.js";
import { startPicture } from "./picture.js";
import { presenceHandlers, startPresence } from "./presence.js";
import { startPreview } from "./preview.js";
import { projectHandlers } from "./projects.js";
import { startQuickAdd } from "./quick-add.js";
import { resyncHandlers } from "./resync.js";
import { settingsHandlers } from "./settings.js";
import { startSwitch } from "./shortcuts.js";
import { startStream } from "./stream.js";
import { startSwitcher } from "./switcher.js";
import { startThemes } from "./theme.js";
import { startTicketPage } from "./ticket-page.js";
import { ticketHandlers } from "./tickets.js";
import { showKeptToast } from "./toast.js";
import { startUndo } from "./undo.js";
import { wipeHandlers } from "./wipe.js";

const EVERYWHERE = [wipeHandlers, peopleHandlers, projectHandlers, leavingHandlers];
const OF_PROJECT = [labelHandlers, pickerHandlers, settingsHandlers, presenceHandlers];

for (const table of EVERYWHERE) register(table);
for (const table of OF_PROJECT) register(table, project);
for (const start of [startDrafts, startMenus, startLabelPicker, startPicture, startPreview, startSwitch]) start();
if (board) startBoard();
else startPage();
for (const start of [startPresence, startSwitcher, showKeptToast, startThemes]) start();
startOnce();
startBroughtBack();
startLeaving(); // after all that keep a form from leading elsewhere
hear(window, "punt:doubt", () => receive({ type: "stream.reset", data: { reason: "doubt" } }));
startStream();

function startBoard() {
  for (const table of [columnHandlers, resyncHandlers, memberHandlers, startDialog(), ticketHandlers, newsHandlers()]) register(table, project);
  for (const start of [startMoving, startFilters, startCollapse]) start();
  if (query("[data-column-new]", board)) for (const start of [startColumnMenu, startColumnDrag]) start();
  if (!canEdit) return;
  startUndo(showTicket);
  startQuickAdd();
}

function startPage() {
  const view = query("[data-ticket-view]");
  if (view) register(startTicketPage(view.parentElement));
}
