/**
 * Hides the cards that do not match the filters, as punt/pages/filters.py does, and keeps the filters in the address.
 * It compares the cards' data, because the browser may have translated their words.
 */

import { allCards, board } from "./board.js";
import { showDuesAgain } from "./card.js";
import { focused, hear, query, queryAll } from "../page/dom.js";
import { dueKinds, startDays } from "./due.js";
import { PANEL, cardOf, cardsOf, keyOf, listIn, panelsOf } from "../page/places.js";
import { me } from "../page/session.js";
import { folded, writeText } from "../page/write.js";
import { t } from "../page/language.js";

const CARD = "[data-ticket]";

const filterForm = query("[data-filters]");
const watcher = new MutationObserver(followCards);
let words = [];
let facets = [];

export function startFilters() {
  hear(filterForm, "input", change);
  hear(filterForm, "submit", (event) => event.preventDefault());
  hear(query("[data-filter-clear]", filterForm), "click", clearFilters);
  hear(board, "focusout", ({ target }) => setTimeout(() => turnAway(target)));
  apply();
  startDays(() => {
    showDuesAgain();
    apply();
  });
}

function clearFilters(event) {
  const { q } = filterForm.elements;
  event.preventDefault();
  for (const box of queryAll(":checked", filterForm)) box.checked = false;
  q.value = "";
  q.focus();
  change();
}

function change() {
  apply();
  const asked = new URLSearchParams([...new FormData(filterForm)].filter(([, value]) => value));
  history.replaceState(history.state, "", asked.size ? `?${asked}` : location.pathname);
}

function apply() {
  const form = new FormData(filterForm);
  words = folded(form.get("q")).split(/\s+/).filter(Boolean);
  facets = Object.keys(FACETS)
    .map((name) => [name, form.getAll(name)])
    .filter(([, values]) => values.length);
  watcher.disconnect();
  if (areActive()) watcher.observe(board, { subtree: true, childList: true, attributeFilter: ["data-carried"] });
  judge(allCards());
}

const areActive = () => words.length + facets.length > 0;

// Other people's changes are filtered before they are painted.
function followCards(changes) {
  const nodes = changes.flatMap(({ target, addedNodes }) => [target, ...addedNodes]);
  judge(new Set(nodes.map((node) => node.closest?.(CARD))));
}

function turnAway(target) {
  const card = cardOf(target);
  if (areActive()) judge(card ? [card] : (target.closest(PANEL)?.querySelectorAll(CARD) ?? []));
}

function judge(cards) {
  for (const card of cards) if (card && !isInHand(card)) card.hidden = areActive() && !letsThrough(card);
  countShown();
}

function letsThrough(card) {
  const labels = queryAll("[data-label]", card).map(({ dataset }) => dataset.name);
  const text = folded([keyOf(card), card.dataset.title, ...labels].join(" "));
  return (
    words.every((word) => text.includes(word)) && facets.every(([name, values]) => FACETS[name](card).some((one) => values.includes(one)))
  );
}

function countShown() {
  let shown = 0;
  for (const panel of panelsOf(board)) {
    const here = cardsOf(listIn(panel)).filter(({ hidden }) => !hidden).length;
    const place = query("[data-column-shown]", panel);
    writeText(place, t("%(shown)s of ", { shown: here }));
    place.hidden = !areActive();
    shown += here;
  }
  const all = allCards().length;
  for (const place of queryAll("[data-filter-on]", filterForm)) place.hidden = !areActive();
  writeText(query("output", filterForm), t("%(shown)s of %(all)s", { shown, all }));
  query("[data-filter-nothing]").hidden = !all || shown > 0;
}

/** A card's values for each facet. */
const FACETS = {
  type: (card) => [card.dataset.type],
  priority: (card) => [card.dataset.priority],
  assignee: (card) => namesOf(query("[data-user]", card)?.dataset.user ?? "unassigned"),
  label: (card) => queryAll("[data-label]", card).map(({ dataset }) => dataset.label),
  due: (card) => dueKinds(field(card, "due").getAttribute("datetime"), card.closest("[data-done]")),
};

const field = (card, name) => query(`[data-field="${name}"]`, card);

const namesOf = (id) => (id === me ? [id, "me"] : [id]);

/** Nothing disappears while somebody works on it, or has just added it, until they turn away. */
function isInHand(card) {
  const here = focused();
  return "carried" in card.dataset || card.contains(here) || card.closest(PANEL)?.contains(here?.closest("[data-quick-add]") ?? null);
}
