/** Menus made of <details>: Escape and a click outside close them. */

import { hear, query, queryAll } from "./dom.js";
import { pressed } from "./keys.js";

const OPEN = "details[name=menu][open]";

export function startMenus() {
  hear(window, "click", ({ target }) => closeMenus((menu) => !menu.contains(target)));
  hear(window, "keydown", (event) => pressed(event) === "Escape" && closeMenus((menu) => query("summary", menu).focus() || true));
}

function closeMenus(which) {
  for (const menu of queryAll(OPEN).filter(which)) menu.open = false;
}
