/** Projects: their names and colours wherever the page shows them, and the list of them. */

import { fetchPage } from "../page/api.js";
import { focusInPlace, focused, query, queryAll } from "../page/dom.js";
import { everywhere } from "../page/everywhere.js";
import { writeAttribute, writeText } from "../page/write.js";

let asked = 0;

export const projectHandlers = {
  "project.created": listProjects,
  "project.updated": showProject,
  "project.deleted": listProjects,
  "stream.reset": listProjects,
};

function showProject({ id, name, color }) {
  for (const words of everywhere("project-name", id)) writeText(words, name);
  for (const swatch of everywhere("project-color", id)) writeAttribute(swatch, "fill", color);
  listProjects();
}

/** Fetches the server's current list: it changes rarely, and has an order and a hint for newcomers of its own. */
async function listProjects() {
  if (!query("[data-project-list], [data-projects-empty]")) return;
  const turn = (asked += 1);
  const page = await fetchPage("/").catch(() => null);
  if (!page || turn !== asked) return;
  const { href } = focused();
  query("main").replaceWith(query("main", page));
  if (href) focusInPlace(queryAll("main a").find((link) => link.href === href) ?? focused());
}
