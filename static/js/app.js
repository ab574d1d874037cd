/** Starts what the page contains. */

import { newsHandlers } from "./board/news.js";
import { board, canEdit } from "./board/board.js";
import { startBroughtBack } from "./forms/brought-back.js";
import { startCollapse } from "./board/collapse.js";
import { startColumnDrag } from "./board/column-drag.js";
import { startColumnMenu } from "./board/column-menu.js";
import { columnHandlers } from "./board/columns.js";
import { showTicket, startDialog } from "./board/dialog.js";
import { query } from "./page/dom.js";
import { onDoubt } from "./page/doubt.js";
import { startDrafts } from "./forms/drafts.js";
import { startFilters } from "./board/filters.js";
import { pickerHandlers, startLabelPicker } from "./ticket/label-picker.js";
import { labelHandlers } from "./live/labels.js";
import { leavingHandlers, project, startLeaving } from "./live/leaving.js";
import { receive, register } from "./live/dispatch.js";
import { startMenus } from "./page/menus.js";
import { startMoving } from "./board/moving.js";
import { startOnce } from "./forms/once.js";
import { memberHandlers, peopleHandlers } from "./live/people.js";
import { startPicture } from "./forms/picture.js";
import { presenceHandlers, startPresence } from "./live/presence.js";
import { startPreview } from "./ticket/preview.js";
import { projectHandlers } from "./live/projects.js";
import { startQuickAdd } from "./board/quick-add.js";
import { resyncHandlers } from "./board/resync.js";
import { settingsHandlers } from "./live/settings.js";
import { startSwitch } from "./board/shortcuts.js";
import { startStream } from "./live/stream.js";
import { startSwitcher } from "./page/switcher.js";
import { startThemes } from "./page/theme.js";
import { startTicketPage } from "./ticket/page.js";
import { ticketHandlers } from "./board/tickets.js";
import { showKeptToast } from "./page/toast.js";
import { startUndo } from "./ticket/undo.js";
import { wipeHandlers } from "./live/wipe.js";

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
startLeaving(); // after everything that may keep a form from navigating
onDoubt(() => receive({ type: "stream.reset", data: { reason: "doubt" } }));
startStream();

function startBoard() {
  for (const table of [columnHandlers, resyncHandlers, memberHandlers, startDialog(), ticketHandlers, newsHandlers()])
    register(table, project);
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
