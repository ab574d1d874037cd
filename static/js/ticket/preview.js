/** Shows rendered Markdown: the server renders it. */

import { api, pathOf } from "../page/api.js";
import { hear } from "../page/dom.js";
import { complain } from "../page/toast.js";

export function startPreview() {
  hear(document, "click", ({ target }) => {
    const button = target.closest("[data-preview-toggle]");
    if (button) toggle(button, button.nextElementSibling).catch(complain);
  });
}

async function toggle(button, pane) {
  const { description } = button.form.elements;
  const path = pathOf(button.form).replace(/tickets.*/, "preview");
  const wanted = pane.hidden;
  if (wanted) pane.replaceChildren(...parse(await api.post(path, { text: description.value })));
  pane.hidden = !wanted;
  description.hidden = wanted;
  button.ariaPressed = wanted;
}

const parse = ({ html }) => new DOMParser().parseFromString(html, "text/html").body.childNodes;
