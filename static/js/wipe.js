/** What the page does when the server's data has been wiped. The stream ends before this page forgets who it was for. */

import { query } from "./dom.js";
import { prefix } from "./prefix.js";
import { signOut } from "./session.js";
import { closeStream } from "./stream.js";
import { toastNext } from "./toast.js";

export const wipeHandlers = {
  "database.wiped": () => {
    closeStream();
    query("main")?.replaceChildren();
    signOut();
  },
  "database.projects.wiped": () => {
    closeStream();
    toastNext("All projects have been removed.");
    location.assign(`${prefix}/`);
  },
};
