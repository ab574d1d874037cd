/** Menus made of <details>: Escape and a click elsewhere close them. */

import { query, queryAll } from "./dom.js";

const OPEN = "details[name=menu][open]";

export function startMenus() {
  addEventListener("click", ({ target }) => closeMenus((menu) => !menu.contains(target)));
  addEventListener("keydown", ({ key }) => key === "Escape" && closeMenus((menu) => query("summary", menu).focus() || true));
}

function closeMenus(which) {
  for (const menu of queryAll(OPEN).filter(which)) menu.open = false;
}
