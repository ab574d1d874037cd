/** Goes to any project or ticket: Ctrl or ⌘ K, a few letters, Enter. */

import { fetchPage } from "./api.js";
import { focused, hear, query } from "./dom.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class Switcher {
  #dialog = query("[data-switcher]");
  #field = query("input", this.#dialog);
  #asked = 0;
  #shown;

  start() {
    hear(window, "keydown", (event) => (event.ctrlKey || event.metaKey) && event.key === "k" && this.#toggle(event));
    hear(query("[data-switch]"), "click", (event) => this.#toggle(event));
    hear(this.#dialog, "input", () => this.#find());
    hear(this.#dialog, "keydown", (event) => this.#key(event));
    hear(this.#dialog, "submit", (event) => this.#choose(event));
    hear(this.#dialog, "click", (event) => this.#click(event));
  }

  #toggle(event) {
    event.preventDefault();
    if (this.#dialog.open) return this.#dialog.close();
    this.#dialog.showModal();
    this.#field.select();
    this.#find();
  }

  #find() {
    this.#shown = this.#show((this.#asked += 1));
  }

  async #show(turn) {
    const page = await fetchPage(`/search?q=${encodeURIComponent(this.#field.value)}`).catch(() => null);
    if (page && turn === this.#asked) query("[data-hits]", this.#dialog).replaceWith(query("[data-hits]", page));
  }

  #key(event) {
    const stops = [this.#field, ...queryAll("[data-hit]", this.#dialog)];
    const at = stops.indexOf(focused()) + (STEPS[event.key] ?? 0);
    if (event.key in STEPS) event.preventDefault();
    else if (event.key.length > 1) return;
    stops.at(event.key in STEPS ? at % stops.length : 0).focus();
  }

  // Enter may come before the answer to what was typed last.
  async #choose(event) {
    event.preventDefault();
    await this.#shown;
    query("[data-hit]", this.#dialog)?.click();
  }

  // A ticket of the board that is open opens over it.
  #click(event) {
    const hit = event.target.closest("[data-hit]");
    if (!hit && event.target !== this.#dialog) return;
    this.#dialog.close();
    const card = hit && query(`[data-ticket="${hit.dataset.hit}"] [data-open]`);
    if (!card || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    card.click();
  }
}
