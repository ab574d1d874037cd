/** Undoing your own moves, edits and deletions: each undo is a new change, and none overwrites somebody else's. */

import { Unreachable, api } from "../page/api.js";
import { hear } from "../page/dom.js";
import { TYPING, pressed } from "../page/keys.js";
import { leave, take } from "../page/left.js";
import { own } from "../page/prefix.js";
import { toast } from "../page/toast.js";
import { listed, t } from "../page/language.js";

const DEEPEST = 20;
const NEXT = own("undo");
const OVERTAKEN = [undefined, 404, 409];
const LATER = [429, 500, 503];

const acts = [];
const ranks = new Map();
let underWay = Promise.resolve();
let showLast = () => {};
let notice;

/** `onChanged(ticket)` shows a ticket after something was undone. */
export function startUndo(onChanged) {
  showLast = onChanged;
  hear(window, "keydown", onKey);
  const left = take(NEXT);
  if (left) undoableDeletion(left);
}

/**
 * Reports what was done. Each of `backs`, [back, key], undoes a part of it: `back()` resolves to the resulting ticket or
 * tickets, whose `notRestored` lists what could not be restored; `key` names the ticket that somebody may have changed.
 */
export function undoable(text, backs, options) {
  const act = { text, backs, all: backs.length, done: 0, changed: [], lost: [] };
  acts.push(act);
  acts.splice(0, acts.length - DEEPEST);
  notice?.remove();
  notice = toast(text, { ...options, action: t("Undo"), run: () => inTurn(() => undo(act)) });
}

/** Makes undo wait for a request in progress, `promise`: that is what it is meant to undo. */
export const undoAfter = (promise) => inTurn(() => promise);

// One undo after the other, too: the second one needs the result of the first.
function inTurn(work) {
  underWay = underWay.then(work).catch(reportError);
}

/** Reports a deletion: of the ticket at `path`, its former address in the API, with its `id`. */
export function undoableDeletion({ text, path, id }) {
  const restore = path.replace(/tickets.*/, `bin/${id}/restore`);
  // What is not in the bin may be restored already, perhaps by an attempt whose response was lost.
  undoable(text, [[() => api.post(restore).catch((error) => (error.status === 404 ? api.get(path) : Promise.reject(error)))]]);
}

/** Reports it on the next page. */
export const undoableNext = (deletion) => leave(NEXT, deletion);

/**
 * Sets a ticket's fields to the values of `wish` again, if those named are still as the change left them, `after`.
 * If a wish is not possible, the next one counts.
 */
export async function revert(path, [wish, ...others], after, names = Object.keys(wish)) {
  const theirs = await api.get(path);
  if (names.some((name) => said(theirs, name) !== said(after, name))) throw new Error();
  return api.patch(path, wish, { "If-Match": `"${theirs.version}"` }).catch((error) => {
    if (error.status !== 400 || !others.length) throw error;
    return revert(path, others, after, names);
  });
}

/** Moves a ticket back to where it had `rank`; earlier changes to be undone find it there, whatever its rank is now. */
export async function revertMove(path, ways, rank, after) {
  const ticket = await revert(path, ways, { ...after, rank: ranks.get(path + after.rank) ?? after.rank }, ["columnId", "rank"]);
  ranks.set(path + rank, ticket.rank);
  return ticket;
}

const said = (ticket, name) => String(name === "labelIds" ? ticket.labels.map(({ id }) => id).sort() : ticket[name]);

async function undo(act) {
  if (!acts.includes(act)) return;
  acts.splice(acts.indexOf(act), 1);
  notice?.remove();
  const { changed, lost } = act;
  const show = (back) => {
    [back].flat().forEach(showLast);
    for (const { message } of back.notRestored ?? []) lost.push(message);
  };
  let why;
  for (const [back, key] of act.backs.slice()) {
    const error = await back().then(show, (reason) => reason);
    if (error instanceof Unreachable || LATER.includes(error?.status)) {
      acts.push(act);
      return void toast(error.message, { failed: true, action: t("Retry"), run: () => inTurn(() => undo(act)) });
    }
    act.backs.shift();
    if (!error) act.done += 1;
    else if (key && OVERTAKEN.includes(error.status)) changed.unshift(key);
    else why = error.message;
  }
  if (changed[0]) why ??= t("Somebody else has changed %(keys)s since.", { keys: listed(changed) });
  if (why) toast(`${partly(act)} ${why}`, { failed: true });
  else toast([t("Undone: %(what)s", { what: act.text }), ...lost].join(" "), { failed: lost[0] });
}

const partly = ({ done, all }) => (done ? t("%(done)s of %(all)s undone.", { done, all }) : t("Nothing was undone."));

function onKey(event) {
  if (pressed(event) !== "z" || !(event.ctrlKey || event.metaKey) || event.target.closest?.(TYPING)) return;
  event.preventDefault();
  inTurn(() => acts.length && undo(acts.at(-1)));
}
