/** Leaves a project that is gone for this person, and says why on the page they land on; shows anew what they may do now. */

import { hear, query } from "./dom.js";
import { everywhere } from "./everywhere.js";
import { me } from "./session.js";
import { toastNext } from "./toast.js";

export class Leaving {
  #place = query("header [data-project-name]");
  #people;
  #stop;
  #removal;
  #sent = false;

  /** `stop()` closes the stream. */
  constructor(people, stop) {
    this.#people = people;
    this.#stop = stop;
    hear(window, "submit", ({ target, defaultPrevented }) => (this.#sent ||= !defaultPrevented && target.method !== "dialog"));
    hear(window, "pageshow", () => (this.#sent = false));
  }

  // Who is removed hears of it inside the project too, at the same moment; of a project's end it says nothing there.
  get handlers() {
    return {
      "member.updated": ({ user, role }, { projectId }) => user.id === me && projectId === this.#id && this.#showAgain(role),
      "member.deleted": (_, { timestamp }) => (this.#removal = timestamp),
      "project.deleted": ({ id }, { actorId, timestamp }) => {
        if (id === this.#id) this.leave(timestamp === this.#removal && this.#words(actorId));
      },
    };
  }

  get #id() {
    return this.#place?.dataset.projectName;
  }

  leave(why) {
    if (this.#sent) return; // the answer to this page's own form leads on
    this.#stop();
    query("main").inert = true;
    toastNext(why || `${this.#place.textContent} has been deleted, or you are no longer a member of it.`);
    location.assign("/");
  }

  // Settings follow by themselves; what is typed elsewhere is kept.
  #showAgain(role) {
    if (this.#sent || query("[data-settings]")) return;
    toastNext(`Your role in ${this.#place.textContent} is ${role} now.`);
    location.reload();
  }

  #words(actor) {
    const project = this.#place.textContent;
    if (actor === me) return `You left ${project}.`;
    const name = this.#people.find(actor)?.name ?? everywhere("user-name", actor)[0]?.textContent;
    return name ? `${name} took you off ${project}.` : `You were taken off ${project}.`;
  }
}
