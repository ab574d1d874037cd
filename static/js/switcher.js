/** Goes to any project or ticket: Ctrl or ⌘ K, a few letters, Enter. */

import { fetchPage } from "./api.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class Switcher {
  #dialog = document.querySelector("[data-switcher]");
  #field = this.#dialog.querySelector("input");
  #asked = 0;
  #shown;

  start() {
    addEventListener("keydown", (event) => (event.ctrlKey || event.metaKey) && event.key === "k" && this.#toggle(event));
    document.querySelector("[data-switch]").addEventListener("click", (event) => this.#toggle(event));
    this.#dialog.addEventListener("input", () => this.#find());
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
    this.#dialog.addEventListener("submit", (event) => this.#choose(event));
    this.#dialog.addEventListener("click", (event) => this.#click(event));
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
    if (page && turn === this.#asked) this.#dialog.querySelector("[data-hits]").replaceWith(page.querySelector("[data-hits]"));
  }

  #key(event) {
    const stops = [this.#field, ...this.#dialog.querySelectorAll("[data-hit]")];
    const at = stops.indexOf(document.activeElement) + (STEPS[event.key] ?? 0);
    if (event.key in STEPS) event.preventDefault();
    else if (event.key.length > 1) return;
    stops.at(event.key in STEPS ? at % stops.length : 0).focus();
  }

  // Enter may come before the answer to what was typed last.
  async #choose(event) {
    event.preventDefault();
    await this.#shown;
    this.#dialog.querySelector("[data-hit]")?.click();
  }

  // A ticket of the board that is open opens over it.
  #click(event) {
    const hit = event.target.closest("[data-hit]");
    if (!hit && event.target !== this.#dialog) return;
    this.#dialog.close();
    const card = hit && document.querySelector(`[data-ticket="${hit.dataset.hit}"] [data-open]`);
    if (!card || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    card.click();
  }
}
