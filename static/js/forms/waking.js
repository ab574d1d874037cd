/** What fields said when the page was left. WebKit empties the forms of a page from its cache soon after it is shown again, without an event. */

import { hear, queryAll } from "../page/dom.js";
import { fieldsOf, isChanged, now, say } from "./fields.js";

const WAKING = 1000;
const BEAT = 50;

/** The fields that differed from the server's values when the page was left, with their values. */
let leftSaying = new Map();
let isWaking = false;

export function noteAll() {
  const fields = queryAll("form").flatMap(fieldsOf).filter(isChanged);
  leftSaying = new Map(fields.map((field) => [field, now(field)]));
}

export const saidBefore = (field) => leftSaying.get(field);

/** Puts back what was emptied since the page is shown again; whoever looks at fields calls this first. */
export function bringBack() {
  if (!isWaking) return;
  for (const [field, value] of leftSaying) if (field.isConnected && !isChanged(field)) say(field, value);
}

/** Keeps the fields as they were for a second, or until the person goes on. */
export function wake() {
  isWaking = true;
  const timer = setInterval(bringBack, BEAT);
  const end = () => {
    bringBack();
    clearInterval(timer);
    isWaking = false;
  };
  setTimeout(end, WAKING);
  for (const type of ["pointerdown", "keydown"]) hear(window, type, end, { capture: true, once: true });
}
