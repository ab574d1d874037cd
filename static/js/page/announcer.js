/** Screen-reader announcements, in the polite region of the notices, so that they are read over an open dialog, too. */

import { create } from "./dom.js";
import { noticePlace } from "./toast.js";

const SAID_FOR = 5_000;

export function announce(text) {
  const words = create("p", { className: "unseen", textContent: text });
  words.dataset.said = "";
  noticePlace().append(words);
  setTimeout(() => words.remove(), SAID_FOR);
}
