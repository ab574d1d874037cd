/** What the page does when the server's data has been wiped. The stream ends before this page forgets its person. */

import { query } from "../page/dom.js";
import { prefix } from "../page/prefix.js";
import { signOut } from "../page/session.js";
import { closeStream } from "./stream.js";
import { toastNext } from "../page/toast.js";
import { t } from "../page/language.js";

export const wipeHandlers = {
  "database.wiped": () => {
    closeStream();
    query("main")?.replaceChildren();
    signOut();
  },
  "database.projects.wiped": () => {
    closeStream();
    toastNext(t("All projects have been removed."));
    location.assign(`${prefix}/`);
  },
};
