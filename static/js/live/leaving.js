/** Leaves a project that is gone for this person, and says why on the page they land on; shows anew what they may do now. */

import { create, hear, query } from "../page/dom.js";
import { everywhere } from "../page/everywhere.js";
import { findPerson } from "./people.js";
import { prefix } from "../page/prefix.js";
import { fallSilent } from "./presence.js";
import { me } from "../page/session.js";
import { closeStream } from "./stream.js";
import { tabId } from "../page/tab.js";
import { toastNext } from "../page/toast.js";

const place = query("header [data-project-name]");

/** The project that this page is about, if any. */
export const project = place?.dataset.projectName;

let removal;
let sent = false;

// Who is removed hears of it inside the project too, at the same moment; of a project's end it says nothing there.
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

// The stream's end may be heard before the form's answer, and lead back here.
function signOff() {
  closeStream();
  fallSilent();
}

export function leaveProject(why) {
  if (sent) return; // the answer to this page's own form leads on
  closeStream();
  query("main").inert = true;
  toastNext(why || `${place.textContent} has been deleted, or you are no longer a member of it.`);
  location.assign(`${prefix}/`);
}

// Settings follow by themselves; what is typed elsewhere is kept.
function showAgain(role) {
  if (sent || query("[data-settings]")) return;
  toastNext(`Your role in ${place.textContent} is ${role} now.`);
  location.reload();
}

function byWhom(actor) {
  if (actor === me) return `You left ${place.textContent}.`;
  const name = findPerson(actor)?.name ?? everywhere("user-name", actor)[0]?.textContent;
  return `${name ? `${name} took you` : "You were taken"} off ${place.textContent}.`;
}
