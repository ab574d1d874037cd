/** Light, dark, or the system's theme: shown at once, and kept by the server in a cookie. */

import { hear, query, queryAll } from "./dom.js";
import { toast } from "./toast.js";
import { t } from "./language.js";

const FORM = "[data-theme-form]";
const { dataset: shown } = document.documentElement;

export function startThemes() {
  hear(window, "submit", async (event) => {
    const { target: form, submitter } = event;
    if (!form.matches(FORM)) return;
    event.preventDefault();
    const { theme: before } = shown;
    const { value: theme } = submitter;
    showTheme(theme);
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams({ theme }), redirect: "manual" }).catch(() => null);
    if (answer?.type === "opaqueredirect") return;
    showTheme(before);
    toast(t("The theme could not be kept."), { failed: true });
  });
}

function showTheme(theme) {
  const system = theme === "system";
  shown.theme = theme;
  query("[name=color-scheme]").content = system ? "light dark" : theme;
  for (const button of queryAll(`${FORM} button`)) button.ariaPressed = String(button.value === theme);
  for (const meta of queryAll("[data-theme-color]")) {
    const { themeColor: scheme } = meta.dataset;
    meta.media = system ? `(prefers-color-scheme: ${scheme})` : scheme === theme ? "all" : "not all";
  }
}
