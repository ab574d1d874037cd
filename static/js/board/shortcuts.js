/** Which key does what on the board. */

import { hear, query } from "../page/dom.js";
import { focusedCard, go } from "./focus.js";
import { pressed } from "../page/keys.js";
import { own } from "../page/prefix.js";

const SWITCH = own("keys");
const GO = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right", Home: "first", End: "last" };
const MOVE = { ...GO, Home: "top", End: "bottom" };
const LETTERS = { k: "up", j: "down", h: "left", l: "right" };
const ACT = {
  "?": "help",
  "/": "search",
  n: "new",
  m: "menu",
  x: "toggle",
  X: "extend",
  e: "title",
  a: "assigneeId",
  L: "labelIds",
  p: "priority",
  d: "dueDate",
};
const BUSY = "[data-board][aria-busy], dialog:modal, :popover-open, [data-dragging]";
const WRITABLE = "input, select, textarea, [contenteditable]";

/** Connects the page's switch that turns the single letters on and off. */
export function startSwitch() {
  const toggle = query("[data-shortcuts-switch]");
  if (!toggle) return;
  toggle.checked = areOn();
  hear(toggle, "change", () => localStorage.setItem(SWITCH, toggle.checked ? "on" : "off"));
  toggle.closest("[hidden]")?.removeAttribute("hidden");
}

export function startShortcuts(commands) {
  hear(window, "keydown", (event) => {
    if (event.defaultPrevented || event.target.closest?.(WRITABLE) || query(BUSY)) return;
    const act = actOf(event, commands);
    if (!act) return;
    event.preventDefault();
    act(focusedCard());
  });
}

/** The command of a key, if any. Ctrl or ⌘ goes with Shift: Alt goes through history, Ctrl alone changes desktops on macOS. */
function actOf(event, commands) {
  const { ctrlKey, metaKey, shiftKey } = event;
  const key = pressed(event);
  if (ctrlKey || metaKey) return shiftKey && focusedCard() && commands[MOVE[key]];
  if (key === "ContextMenu" || (shiftKey && key === "F10")) return focusedCard() && commands.menu;
  if (key === "Escape") return commands.clear;
  const letter = areOn() && key;
  const way = LETTERS[letter] ?? (focusedCard() && GO[key]);
  return way ? () => go(way) : commands[ACT[letter]];
}

const areOn = () => localStorage.getItem(SWITCH) !== "off";
