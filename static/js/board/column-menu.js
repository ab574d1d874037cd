/** Makes the forms about columns instant; their results arrive from the stream, for us as for everybody. */

import { api, fetchPage, pathOf } from "../page/api.js";
import { board, placeTicket } from "./board.js";
import { hear, query, queryAll } from "../page/dom.js";
import { keep, restore } from "../forms/drafts.js";
import { clearError, showErrors } from "../forms/field-errors.js";
import { fieldsOf, isChanged } from "../forms/fields.js";
import { once } from "../forms/once.js";
import { PANEL, cardWith, cardsOf, columnName, keyOf, listIn } from "../page/places.js";
import { randomId, tabId } from "../page/tab.js";
import { complain, moveToasts, toast } from "../page/toast.js";
import { undoable } from "../ticket/undo.js";
import { listed, t } from "../page/language.js";

const ACTS = {
  add: (path, asked) => api.post(path, asked, asStranger()),
  save: (path, asked, form) => api.patch(path, changedIn(form, asked), asStranger()),
  move: (path, { place }, form) => moveColumn(path, Math.max(Number(form.closest(PANEL).dataset.order) + (place === "right" ? 1 : -1), 0)),
  sort: sortColumn,
  delete: (path, { moveTicketsTo }) => api.delete(`${path}?moveTicketsTo=${moveTicketsTo ?? ""}`, asStranger()),
};

/** Moves the column at `path` in the API to an order on its board. */
export const moveColumn = (path, order) => api.patch(path, { order }, asStranger());

export function startColumnMenu() {
  const dialog = query("[data-column-dialog]");
  hear(dialog, "close", moveToasts);
  for (const place of [board, dialog]) {
    hear(place, "submit", (event) => event.target.dataset.columnForm && submit(event));
    hear(place, "input", ({ target }) => target.closest("[data-column-form]") && clearError(target));
  }
  hear(board, "click", (event) => event.target.closest("[data-column-open]") && openMenu(event, dialog));
  hear(board, "dblclick", ({ target }) => rename(target.closest("[data-column-name]")));
}

function submit(event) {
  const { target: form, submitter } = event;
  event.preventDefault();
  once(form, () => send(form, submitter));
}

async function send(form, submitter) {
  try {
    const fields = new FormData(form, submitter);
    fields.delete("once");
    await ACTS[form.dataset.columnForm](pathOf(form), values(fields), form);
    form.reset();
    keep(form);
    closeMenu(form);
  } catch (error) {
    const rest = showErrors(form, error);
    if (rest) toast(rest, { failed: true });
  }
}

async function sortColumn(path, asked, form) {
  const panel = form.closest(PANEL);
  const tickets = cardsOf(listIn(panel)).map(({ dataset }) => ({ id: dataset.ticket, rank: dataset.rank }));
  const sorted = await api.post(`${path}/sort`, asked, asStranger());
  const ranks = new Map(sorted.map(({ id, rank }) => [id, rank]));
  for (const ticket of tickets) ticket.rank = ranks.get(ticket.id) ?? ticket.rank;
  sorted.forEach(placeTicket);
  undoable(t("%(column)s is sorted.", { column: columnName(panel) }), [[() => unsort(path, tickets)]]);
}

async function unsort(path, tickets) {
  const moved = tickets.filter(({ id, rank }) => (cardWith(id)?.dataset.rank ?? rank) !== rank).map(({ id }) => keyOf(cardWith(id)));
  const back = await api.put(`${path}/order`, { tickets }, asStranger());
  if (moved[0]) back.notRestored = [{ message: t("Moved since, and left there: %(keys)s.", { keys: listed(moved) }) }];
  return back;
}

async function openMenu(event, dialog) {
  event.preventDefault();
  closeMenu(event.target);
  const page = await fetchPage(event.target.closest("a").href).catch(complain);
  if (!page) return;
  query("[data-column-settings]", dialog)?.remove();
  dialog.append(query("[data-column-settings]", page));
  queryAll("[data-draft]", dialog).forEach((form) => restore(form));
  dialog.showModal();
  moveToasts();
}

function rename(heading) {
  const panel = heading?.closest(PANEL);
  panel?.querySelector("[popovertarget]").click();
  panel?.querySelector("[data-column-form] [name=name]").select();
}

/** Only what was changed in it: sending the rest again would undo what others have changed meanwhile. */
const changedIn = (form, asked) =>
  Object.fromEntries(
    fieldsOf(form)
      .filter(isChanged)
      .map(({ name }) => [name, asked[name]]),
  );

/** A form's values, as the API expects them: an empty field is null. */
const values = (fields) =>
  Object.fromEntries(Array.from(fields, ([name, text]) => [name, (name === "wipLimit" ? Number(text) : text) || null]));

function closeMenu(element) {
  element.closest("[popover]")?.hidePopover();
  element.closest("dialog")?.close();
}

// This tab would skip its own events; but columns are arranged in the order of the log for everybody.
const asStranger = () => ({ "X-Tab-Id": `${tabId()}-${randomId()}` });
