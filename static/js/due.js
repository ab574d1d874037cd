/** How a due date is said and how urgent it is, as the server's pages do. Days are UTC days. */

const DAY = 86_400_000;
const SOON = 2;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "late", "today", "soon" or "later"; what is done cannot be late any more. */
export function dueState(iso, done) {
  const days = done ? Infinity : daysUntil(iso);
  if (days < 0) return "late";
  if (days === 0) return "today";
  return days <= SOON ? "soon" : "later";
}

export function dueText(iso, done) {
  const days = done ? Infinity : daysUntil(iso);
  if (days < 0) return `${-days} day${days < -1 ? "s" : ""} late`;
  return ["Today", "Tomorrow"][days] ?? day(new Date(iso));
}

function day(date) {
  const year = date.getUTCFullYear();
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}${year === new Date().getUTCFullYear() ? "" : ` ${year}`}`;
}

function daysUntil(iso) {
  return Date.parse(iso) / DAY - Math.floor(Date.now() / DAY);
}
