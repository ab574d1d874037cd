/** Drafts: text that is not saved yet, kept in this browser, by person, until it is saved or discarded. */

import { blank } from "../page/blank.js";
import { hear, query, queryAll } from "../page/dom.js";
import { everywhere } from "../page/everywhere.js";
import { fieldsOf, first, isChanged, now, say, slot } from "./fields.js";
import { leave, take } from "../page/left.js";
import { cardWith } from "../page/places.js";
import { own } from "../page/prefix.js";
import { me } from "../page/session.js";
import { toast } from "../page/toast.js";
import { t } from "../page/language.js";
import { bringBack } from "./waking.js";
import { writeAttribute } from "../page/write.js";

const ALL = own("draft.");
const OWN = `${ALL}${me}.`;
const TICKET = `${OWN}ticket:`;
const SENT = own("typed");
const OLDEST = 30 * 86_400_000;
const MOST_DRAFTS = 100;

const bases = new WeakMap();
let echoed = take(SENT);

const slotOf = (form) => OWN + form.dataset.draft;
const stored = (key) => JSON.parse(localStorage.getItem(key));

/** The draft in `form`: {slot: [its value before typing, its value now]}; null if there is none. */
export function typedIn(form) {
  bringBack();
  const typed = fieldsOf(form).filter((field) => isChanged(field) || (echoed === slotOf(form) && now(field)));
  const upon = bases.get(form) ?? {};
  return typed.length ? Object.fromEntries(typed.map((field) => [slot(field), [upon[slot(field)] ?? first(field), now(field)]])) : null;
}

/** Stores the draft in `form`, or removes it when there is none any more. */
export function keep(form) {
  put(slotOf(form), typedIn(form));
  showMark(form);
}

/** Fills a draft into `form` and marks it; returns the names of the fields that somebody else has changed since. */
export function restore(form, draft = stored(slotOf(form))?.fields) {
  return type(form, draft, true);
}

function type(form, draft, unfolds) {
  const clashes = {};
  for (const field of fieldsOf(form)) {
    const [base, mine] = draft?.[slot(field)] ?? [];
    if (mine === undefined) continue;
    if (unfolds) field.closest("details")?.setAttribute("open", "");
    if (base !== first(field) && mine !== first(field)) clashes[slot(field)] = base;
    say(field, mine);
  }
  bases.set(form, clashes);
  showMark(form);
  return Object.keys(clashes);
}

/** Shows on a card whether there is a draft for its ticket. */
export function markCard(card) {
  if (!card) return;
  const isKept = localStorage.getItem(TICKET + card.dataset.ticket) !== null;
  card.toggleAttribute("data-unsent", isKept);
  writeAttribute(query('[data-field="key"]', card), "data-unsent", isKept ? t("not saved") : null);
}

export function startDrafts() {
  if (echoed && query("[data-saved]")) put(echoed);
  thin(MOST_DRAFTS);
  queryAll("form[data-draft]").forEach((form) => restore(form));
  queryAll("[data-ticket]").forEach(markCard);
  hear(document, "input", ({ target: { form } }) => form?.dataset.draft && keep(form));
  hear(document, "click", ({ target }) => discard(target.closest("[data-draft-discard]")?.form));
  hear(document, "submit", ({ target, defaultPrevented }) => {
    if (target.dataset.draft && !defaultPrevented) leave(SENT, slotOf(target));
  });
  hear(window, "storage", ({ key }) => key?.startsWith(OWN) && follow(key));
}

/** Follows in this tab what another one did. */
function follow(key) {
  for (const form of everywhere("draft", key.slice(OWN.length))) {
    form.reset();
    type(form, stored(key)?.fields);
  }
  markCards(key);
}

function discard(form) {
  if (!form) return;
  const draft = typedIn(form);
  const again = (place) => (restore(place, draft), keep(place));
  echoed = null;
  form.reset();
  keep(form);
  toast(t("What you typed is discarded."), { action: t("Undo"), run: () => everywhere("draft", form.dataset.draft).forEach(again) });
}

function put(key, fields) {
  const write = () => localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields }));
  try {
    if (fields) write();
    else localStorage.removeItem(key);
  } catch {
    thin(MOST_DRAFTS / 10); // the browser's storage is full
  }
  markCards(key);
}

function markCards(key) {
  if (key.startsWith(TICKET)) markCard(cardWith(key.slice(TICKET.length)));
}

function showMark(form) {
  const place = query("[data-draft-mark]", form);
  const typed = typedIn(form);
  if (!typed) place?.replaceChildren();
  else if (!place?.firstChild) place?.append(blank("unsent"));
}

/** Removes drafts that are too old, and all but the newest `most`, whoever typed them. */
function thin(most) {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(ALL));
  const age = (key) => Date.now() - stored(key).at;
  keys.sort((one, other) => age(one) - age(other));
  keys.filter((key, place) => place >= most || age(key) > OLDEST).forEach((key) => localStorage.removeItem(key));
}
