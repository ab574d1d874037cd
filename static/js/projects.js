/** Projects: their names and colours wherever the page shows them, and the list of them. */

import { fetchPage } from "./api.js";
import { query } from "./dom.js";
import { everywhere } from "./everywhere.js";
import { writeAttribute, writeText } from "./write.js";

let asked = 0;

export const projectHandlers = { "project.created": list, "project.updated": showProject, "project.deleted": list, "stream.reset": list };

function showProject({ id, name, color }) {
  for (const words of everywhere("project-name", id)) writeText(words, name);
  for (const swatch of everywhere("project-color", id)) writeAttribute(swatch, "fill", color);
  list();
}

/** Takes the list as the server shows it now: it changes rarely, and has an order and a first-time hint of its own. */
async function list() {
  if (!query("[data-project-list], [data-projects-empty]")) return;
  const turn = (asked += 1);
  const page = await fetchPage("/").catch(() => null);
  if (page && turn === asked) query("main").replaceWith(query("main", page));
}
