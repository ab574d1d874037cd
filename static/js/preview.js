/** Shows Markdown as it will look: the server draws it. */

import { api } from "./api.js";
import { toast } from "./toast.js";

export function startPreview() {
  document.addEventListener("click", ({ target }) => toggle(target.closest("[data-preview-toggle]")));
}

async function toggle(button) {
  if (!button) return;
  const { elements, action } = button.form;
  const pane = document.getElementById(button.getAttribute("aria-controls"));
  const wanted = pane.hidden;
  if (wanted && !(await draw(pane, new URL(action).pathname.replace(/tickets.*/, "preview"), elements.description.value))) return;
  pane.hidden = !wanted;
  elements.description.hidden = wanted;
  button.ariaPressed = String(wanted);
}

async function draw(pane, path, text) {
  const answer = await api.post(`/api${path}`, { text }).catch((error) => void toast(error.message));
  if (answer) pane.replaceChildren(...new DOMParser().parseFromString(answer.html, "text/html").body.childNodes);
  return answer;
}
