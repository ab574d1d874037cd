/** Short notices, in the open dialog if there is one: nothing outside it is announced or can be clicked. */

import { blank } from "./blank.js";
import { hear, query, queryAll } from "./dom.js";
import { leave, take } from "./left.js";
import { own } from "./prefix.js";

const STAY = 6_000;
const STAY_WITH_ACTION = 12_000;
const LEFT_FOR_LATER = own("toast");

/**
 * Shows `text`, with a button named `action` that calls `run()` if given; returns the notice. Failures are announced
 * at once; with `quiet`, the text has been announced already.
 */
export function toast(text, { action, run, failed, quiet } = {}) {
  const notice = blank("toast");
  if (failed) notice.role = "alert";
  if (quiet) notice.ariaLive = "off";
  for (const same of [...noticePlace().children].filter((one) => query("[data-toast-text]", one)?.textContent === text)) same.remove();
  const button = query("[data-toast-action]", notice);
  query("[data-toast-text]", notice).textContent = text;
  hear(query("[data-toast-close]", notice), "click", () => notice.remove());
  button.hidden = !action;
  button.textContent = action ?? "";
  hear(button, "click", () => {
    notice.remove();
    run();
  });
  noticePlace().append(notice);
  fadeOut(notice, action ? STAY_WITH_ACTION : STAY);
  return notice;
}

/** Reports why something failed. */
export const complain = ({ message }) => toast(message, { failed: true });

/** Shows `text` on the next page. */
export function toastNext(text) {
  leave(LEFT_FOR_LATER, text);
}

export function showKeptToast() {
  const text = take(LEFT_FOR_LATER);
  if (text) toast(text);
}

/** Moves the notices along when a dialog opens or closes. */
export function moveToasts() {
  const target = noticePlace();
  for (const container of queryAll("[data-toasts]")) {
    if (container !== target) target.append(...container.children);
  }
}

/** Where notices are announced and can be clicked now. */
export function noticePlace() {
  const all = queryAll("[data-toasts]");
  return all.find((container) => container.closest("dialog[open]")) ?? all.find((container) => !container.closest("dialog"));
}

function fadeOut(notice, time) {
  setTimeout(() => (notice.matches(":hover, :focus-within") ? fadeOut(notice, STAY) : notice.remove()), time);
}
