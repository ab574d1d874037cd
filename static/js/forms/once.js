/** Submits a form once, however often it is asked to. */

import { hear, queryAll } from "../page/dom.js";

const SENDING = 10_000;

/** Submits a form that leads to another page once until that opens; if it fails, it may soon be tried again. */
export function startOnce() {
  hear(window, "submit", (event) => {
    const { target: form, defaultPrevented } = event;
    if (defaultPrevented || form.method !== "post") return;
    if (form.ariaBusy) return event.preventDefault();
    form.ariaBusy = "true";
    setTimeout(free, SENDING, form);
  });
  hear(window, "pageshow", () => queryAll("form[aria-busy]").forEach(free));
}

export async function once(form, act) {
  if (form.ariaBusy) return;
  form.ariaBusy = "true";
  try {
    await act();
  } finally {
    form.ariaBusy = null;
  }
}

function free(form) {
  form.ariaBusy = null;
}
