/** What the page does when the server's data has been wiped. */

import { query } from "./dom.js";
import { signOut } from "./session.js";
import { toastNext } from "./toast.js";

/** `stop()` closes the stream before this page forgets who it was for. */
export function wipeHandlers(stop) {
  return {
    "database.wiped": () => {
      stop();
      query("main")?.replaceChildren();
      signOut();
    },
    "database.projects.wiped": () => {
      stop();
      toastNext("All projects have been removed.");
      location.assign("/");
    },
  };
}
