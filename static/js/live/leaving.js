/** Leaves a project that this person can no longer see, and gives the reason on the next page; updates their permissions. */

import { create, hear, query } from "../page/dom.js";
import { everywhere } from "../page/everywhere.js";
import { findPerson } from "./people.js";
import { prefix } from "../page/prefix.js";
import { fallSilent } from "./presence.js";
import { me } from "../page/session.js";
import { closeStream } from "./stream.js";
import { tabId } from "../page/tab.js";
import { toastNext } from "../page/toast.js";
import { t, translated } from "../page/language.js";

const place = query("header [data-project-name]");

/** The project that this page is about, if any. */
export const project = place?.dataset.projectName;

let removal;
let sent = false;

// A removed member learns of it inside the project as well, at the same moment; when the project is deleted there is no reason.
export const leavingHandlers = {
  "member.updated": ({ user, role }, { projectId }) => user.id === me && projectId === project && showAgain(role),
  "member.deleted": (_, { timestamp }) => (removal = timestamp),
  "project.deleted": ({ id }, { actorId, timestamp }) => id === project && leaveProject(timestamp === removal && byWhom(actorId)),
};

export function startLeaving() {
  hear(window, "submit", ({ target, defaultPrevented }) => {
    sent ||= !defaultPrevented && target.method !== "dialog";
    if (!defaultPrevented && target.method === "post") target.append(create("input", { type: "hidden", name: "tabId", value: tabId() }));
    if (target.matches(`[action="${prefix}/logout"]`)) signOff();
  });
  hear(window, "pageshow", () => (sent = false));
}

// The end of the stream may arrive before the form's response, and would lead back here.
function signOff() {
  closeStream();
  fallSilent();
}

export function leaveProject(why) {
  if (sent) return; // the response to this page's own form navigates
  closeStream();
  query("main").inert = true;
  toastNext(why || t("%(project)s has been deleted, or you are no longer a member of it.", { project: place.textContent }));
  location.assign(`${prefix}/`);
}

// The settings page updates itself; text typed on other pages is kept.
function showAgain(role) {
  if (sent || query("[data-settings]")) return;
  toastNext(t("Your role in %(project)s is %(role)s now.", { project: place.textContent, role: translated(role) }));
  location.reload();
}

function byWhom(actor) {
  const values = { project: place.textContent };
  if (actor === me) return t("You left %(project)s.", values);
  const name = findPerson(actor)?.name ?? everywhere("user-name", actor)[0]?.textContent;
  if (!name) return t("You were taken off %(project)s.", values);
  return t("%(person)s took you off %(project)s.", { person: name, ...values });
}
