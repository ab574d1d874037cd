/** Menus made of <details>: Escape and a click elsewhere close them. */

const OPEN = "details[name=menu][open]";

export function startMenus() {
  addEventListener("click", ({ target }) => closeMenus((menu) => !menu.contains(target)));
  addEventListener("keydown", ({ key }) => key === "Escape" && closeMenus((menu) => menu.querySelector("summary").focus() || true));
}

function closeMenus(which) {
  for (const menu of [...document.querySelectorAll(OPEN)].filter(which)) menu.open = false;
}
