/** Keys on the board. */

const KEPT = "punt.keys";
const GO = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right", Home: "first", End: "last" };
const MOVE = { ...GO, Home: "top", End: "bottom" };
const LETTERS = { k: "up", j: "down", h: "left", l: "right" };
const ACT = { x: "toggle", X: "extend", e: "title", a: "assigneeId", L: "labelIds", p: "priority", d: "dueDate" };
const BUSY = "dialog:modal, :popover-open, [data-dragging]";
const WRITABLE = "input, select, textarea, [contenteditable]";

export class Shortcuts {
  #root;
  #focus;
  #actions;
  #help = document.querySelector("[data-shortcuts]");
  #single;

  /** Without `actions` and `menu` only what changes nothing works. */
  constructor({ root }, focus, { actions, menu } = {}) {
    this.#root = root;
    this.#focus = focus;
    this.#actions = actions;
    this.#single = {
      "?": () => this.#help.showModal(),
      "/": () => document.querySelector("[data-search]")?.focus(),
      n: () => this.#newTicket(),
      m: () => focus.card && menu?.open(focus.card),
    };
  }

  start() {
    const toggle = this.#help.querySelector("[data-shortcuts-switch]");
    const opener = document.querySelector("[data-shortcuts-open]");
    addEventListener("keydown", (event) => this.#key(event));
    toggle.checked = areOn();
    toggle.addEventListener("change", () => localStorage.setItem(KEPT, toggle.checked ? "on" : "off"));
    opener.hidden = false;
    opener.addEventListener("click", () => this.#help.showModal());
  }

  #key(event) {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    if (event.target.closest?.(WRITABLE) || document.querySelector(BUSY)) return;
    const act = event.ctrlKey || event.metaKey ? event.shiftKey && this.#moving(event.key) : this.#plain(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  // Ctrl+Shift or ⌘+Shift with arrows: with Alt alone they travel through history, with Ctrl alone macOS changes desktops.
  #moving(key) {
    const { card } = this.#focus;
    return this.#actions && card && MOVE[key] && (() => this.#actions.run(MOVE[key], card));
  }

  // Caps Lock is not Shift.
  #plain({ key: typed, shiftKey }) {
    const { card } = this.#focus;
    const key = typed.length > 1 || shiftKey ? typed : typed.toLowerCase();
    if (GO[key]) return card && (() => this.#focus.go(GO[key]));
    if (key === "Escape") return this.#actions?.selection.cards[0] && (() => this.#actions.selection.clear());
    if (!areOn()) return null;
    if (LETTERS[key]) return () => this.#focus.go(LETTERS[key]);
    if (ACT[key]) return this.#actions && card && (() => this.#actions.run(ACT[key], card));
    return this.#single[key];
  }

  #newTicket() {
    const panel = this.#focus.card?.closest("[data-column-panel]") ?? this.#root;
    panel.querySelector("[data-quick-add]")?.setAttribute("open", "");
  }
}

const areOn = () => localStorage.getItem(KEPT) !== "off";
