/** How a due date is said and how urgent it is, in the words of the server's pages. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY = 86_400_000;
const SOON = 3;

/** "late", "today", "soon" or "later". */
export function dueState(iso, today = new Date()) {
  const days = daysUntil(iso, today);
  if (days < 0) return "late";
  if (days === 0) return "today";
  return days <= SOON ? "soon" : "later";
}

export function dueText(iso, today = new Date()) {
  const days = daysUntil(iso, today);
  if (days < 0) return `${-days} ${days === -1 ? "day" : "days"} late`;
  return ["Today", "Tomorrow"][days] ?? day(iso, today);
}

function day(iso, today) {
  const [year, month, date] = iso.split("-").map(Number);
  const short = `${date} ${MONTHS[month - 1]}`;
  return year === today.getFullYear() ? short : `${short} ${year}`;
}

function daysUntil(iso, today) {
  const [year, month, date] = iso.split("-").map(Number);
  return Math.round((Date.UTC(year, month - 1, date) - Date.UTC(today.getFullYear(), today.getMonth(), today.getDate())) / DAY);
}
