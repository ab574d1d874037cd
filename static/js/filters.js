/** Hides the cards that the filters do not ask for, as punt/pages/filters.py does, and keeps the filters in the address. */

import { PANEL } from "./board.js";
import { focused, hear, query, queryAll } from "./dom.js";
import { dueKinds } from "./due.js";
import { cardOf } from "./places.js";
import { me } from "./session.js";
import { writeText } from "./write.js";

const CARD = "[data-ticket]";
const TEXT = '[data-field="key"], [data-field="title"], [data-label-name]';

export class Filters {
  #board;
  #form = query("[data-filters]");
  #asked;
  #watch = new MutationObserver((changes) => this.#follow(changes));

  constructor(board) {
    this.#board = board;
  }

  start() {
    hear(this.#form, "input", () => this.#change());
    hear(this.#form, "submit", (event) => event.preventDefault());
    hear(query("[data-filter-clear]", this.#form), "click", (event) => this.#clear(event));
    hear(this.#board.root, "focusout", ({ target }) => setTimeout(() => this.#leave(target)));
    this.#apply();
  }

  #clear(event) {
    event.preventDefault();
    for (const box of queryAll(":checked", this.#form)) box.checked = false;
    this.#form.elements.q.value = "";
    this.#form.elements.q.focus();
    this.#change();
  }

  #change() {
    this.#apply();
    const asked = new URLSearchParams([...new FormData(this.#form)].filter(([, value]) => value));
    history.replaceState(history.state, "", asked.size ? `?${asked}` : location.pathname);
  }

  #apply() {
    const form = new FormData(this.#form);
    const facets = Object.keys(FACETS).map((name) => [name, form.getAll(name)]);
    this.#asked = {
      words: form.get("q").toLowerCase().split(/\s+/).filter(Boolean),
      facets: facets.filter(([, values]) => values.length),
    };
    this.#watch.disconnect();
    if (this.#active) this.#watch.observe(this.#board.root, { subtree: true, childList: true, attributeFilter: ["data-carried"] });
    this.#judge(this.#board.cards);
  }

  get #active() {
    return this.#asked.words.length + this.#asked.facets.length > 0;
  }

  // What others change comes and goes before it is painted.
  #follow(changes) {
    const nodes = changes.flatMap(({ target, addedNodes }) => [target, ...addedNodes]);
    this.#judge(new Set(nodes.map((node) => node.closest?.(CARD))));
  }

  #leave(target) {
    const card = cardOf(target);
    if (this.#active) this.#judge(card ? [card] : (target.closest(PANEL)?.querySelectorAll(CARD) ?? []));
  }

  #judge(cards) {
    for (const card of cards) if (card && !isInHand(card)) card.hidden = this.#active && !this.#letsThrough(card);
    this.#count();
  }

  #letsThrough(card) {
    const text = queryAll(TEXT, card).map((place) => place.textContent).join(" ").toLowerCase();
    const { words, facets } = this.#asked;
    return words.every((word) => text.includes(word)) && facets.every(([name, values]) => FACETS[name](card).some((one) => values.includes(one)));
  }

  #count() {
    let shown = 0;
    for (const panel of queryAll(PANEL, this.#board.root)) {
      const here = queryAll(`${CARD}:not([hidden])`, panel).length;
      const words = query("[data-column-shown]", panel);
      writeText(words, `${here} of `);
      words.hidden = !this.#active;
      shown += here;
    }
    const all = this.#board.cards.length;
    for (const place of queryAll("[data-filter-on]", this.#form)) place.hidden = !this.#active;
    writeText(query("output", this.#form), `${shown} of ${all}`);
    query("[data-filter-nothing]").hidden = !all || shown > 0;
  }
}

/** What of each facet a card answers to. */
const FACETS = {
  type: (card) => [field(card, "type").textContent],
  priority: (card) => [field(card, "priority").textContent],
  assignee: (card) => namesOf(query("[data-user]", card)?.dataset.user ?? "unassigned"),
  label: (card) => queryAll("[data-label]", card).map(({ dataset }) => dataset.label),
  due: (card) => dueKinds(field(card, "due").getAttribute("datetime"), card.closest("[data-done]")),
};

const field = (card, name) => query(`[data-field="${name}"]`, card);

const namesOf = (id) => (id === me ? [id, "me"] : [id]);

/** Nothing goes that someone works on, nor what they have just added, until they turn away. */
function isInHand(card) {
  const here = focused();
  return "carried" in card.dataset || card.contains(here) || card.closest(PANEL)?.contains(here?.closest("[data-quick-add]") ?? null);
}
