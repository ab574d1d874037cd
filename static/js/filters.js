/** Hides the cards that the filters do not ask for, as punt/pages/filters.py does, and keeps the filters in the address. */

import { PANEL } from "./board.js";
import { dueKinds } from "./due.js";
import { writeText } from "./write.js";

const CARD = "[data-ticket]";
const TEXT = '[data-field="key"], [data-field="title"], [data-label-name]';

export class Filters {
  #board;
  #form = document.querySelector("[data-filters]");
  #asked;
  #watch = new MutationObserver((changes) => this.#follow(changes));

  constructor(board) {
    this.#board = board;
  }

  start() {
    this.#form.addEventListener("input", () => this.#change());
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.querySelector("[data-filter-clear]").addEventListener("click", (event) => this.#clear(event));
    this.#board.root.addEventListener("focusout", ({ target }) => setTimeout(() => this.#leave(target)));
    this.#apply();
  }

  #clear(event) {
    event.preventDefault();
    for (const box of this.#form.querySelectorAll(":checked")) box.checked = false;
    this.#form.elements.q.value = "";
    this.#form.elements.q.focus();
    this.#change();
  }

  #change() {
    this.#apply();
    const query = new URLSearchParams([...new FormData(this.#form)].filter(([, value]) => value));
    history.replaceState(history.state, "", query.size ? `?${query}` : location.pathname);
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
    const card = target.closest(CARD);
    if (this.#active) this.#judge(card ? [card] : (target.closest(PANEL)?.querySelectorAll(CARD) ?? []));
  }

  #judge(cards) {
    for (const card of cards) if (card && !isInHand(card)) card.hidden = this.#active && !this.#letsThrough(card);
    this.#count();
  }

  #letsThrough(card) {
    const text = Array.from(card.querySelectorAll(TEXT), (place) => place.textContent).join(" ").toLowerCase();
    const { words, facets } = this.#asked;
    return words.every((word) => text.includes(word)) && facets.every(([name, values]) => FACETS[name](card).some((one) => values.includes(one)));
  }

  #count() {
    let shown = 0;
    for (const panel of this.#board.root.querySelectorAll(PANEL)) {
      const here = panel.querySelectorAll(`${CARD}:not([hidden])`).length;
      const words = panel.querySelector("[data-column-shown]");
      writeText(words, `${here} of `);
      words.hidden = !this.#active;
      shown += here;
    }
    const all = this.#board.cards.length;
    for (const place of this.#form.querySelectorAll("[data-filter-on]")) place.hidden = !this.#active;
    writeText(this.#form.querySelector("output"), `${shown} of ${all}`);
    document.querySelector("[data-filter-nothing]").hidden = !all || shown > 0;
  }
}

/** What of each facet a card answers to. */
const FACETS = {
  type: (card) => [field(card, "type").textContent],
  priority: (card) => [field(card, "priority").textContent],
  assignee: (card) => namesOf(card.querySelector("[data-user]")?.dataset.user ?? "unassigned"),
  label: (card) => Array.from(card.querySelectorAll("[data-label]"), ({ dataset }) => dataset.label),
  due: (card) => dueKinds(field(card, "due").getAttribute("datetime"), card.closest("[data-done]")),
};

const field = (card, name) => card.querySelector(`[data-field="${name}"]`);

const namesOf = (id) => (id === document.body.dataset.me ? [id, "me"] : [id]);

/** Nothing goes that someone works on, nor what they have just added, until they turn away. */
function isInHand(card) {
  const here = document.activeElement;
  return "carried" in card.dataset || card.contains(here) || card.closest(PANEL)?.contains(here?.closest("[data-quick-add]") ?? null);
}
