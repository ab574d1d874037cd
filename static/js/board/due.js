/** How a due date is worded and how urgent it is, as on the server's pages. Days are UTC days. */

import { hear } from "../page/dom.js";
import { day, plural, t } from "../page/language.js";

const DAY = 86_400_000;
const SOON = 2;

/** "late", "today", "soon" or "later"; what is done cannot be late any more. */
export function dueState(iso, done) {
  const days = done ? Infinity : daysUntil(iso);
  if (days < 0) return "late";
  if (days === 0) return "today";
  return days <= SOON ? "soon" : "later";
}

export function dueText(iso, done) {
  const days = done ? Infinity : daysUntil(iso);
  if (days < 0) return plural("%(num)s day late", "%(num)s days late", -days);
  return [t("Today"), t("Tomorrow")][days] ?? day(new Date(iso));
}

/** Calls `onNewDay()` when a UTC day begins; if the timer slept then, when the page becomes visible. */
export function startDays(onNewDay) {
  let today;
  let timer;
  const look = () => {
    const current = Math.floor(Date.now() / DAY);
    if (current > today) onNewDay();
    today = current;
    clearTimeout(timer);
    timer = setTimeout(look, DAY - (Date.now() % DAY));
  };
  hear(document, "visibilitychange", look);
  look();
}

/** The due-date filters that match a date, or none; nothing is overdue that is `done`. */
export function dueKinds(iso, done) {
  if (!iso) return ["none"];
  const days = daysUntil(iso);
  const weekday = (new Date().getUTCDay() + 6) % 7; // from Monday
  const kinds = { overdue: days < 0 && !done, today: days === 0, week: days >= -weekday && days < 7 - weekday };
  return Object.keys(kinds).filter((kind) => kinds[kind]);
}

function daysUntil(iso) {
  return Date.parse(iso) / DAY - Math.floor(Date.now() / DAY);
}
