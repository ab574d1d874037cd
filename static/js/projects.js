/** Projects, wherever the page names them, and the list of them. */

import { blank } from "./blank.js";
import { writeAttribute, writeText } from "./write.js";

/** `onDeleted(id)` hears of every project that is gone. */
export function projectHandlers(onDeleted) {
  return {
    "project.created": (project) => addProject(project),
    "project.updated": (project) => showProject(project),
    "project.deleted": ({ id }) => {
      removeProject(id);
      onDeleted(id);
    },
  };
}

/** Shows a project's name and colour wherever the page has it. */
export function showProject({ id, name, color, description }) {
  for (const words of everywhere("project-name", id)) writeText(words, name);
  for (const swatch of everywhere("project-color", id)) writeAttribute(swatch, "fill", color);
  for (const words of everywhere("project-description", id)) writeText(words, description);
}

/** Makes the list of projects the one given. */
export function listProjects(projects) {
  const ids = new Set(projects.map(({ id }) => id));
  for (const { dataset } of document.querySelectorAll("[data-project-item]")) {
    if (!ids.has(dataset.projectItem)) removeProject(dataset.projectItem);
  }
  projects.forEach(addProject);
}

function addProject(project) {
  const list = document.querySelector("[data-project-list]");
  if (list && !everywhere("project-item", project.id).length) list.append(item(project));
  showProject(project);
  showEmpty();
}

function removeProject(id) {
  for (const element of everywhere("project-item", id)) element.remove();
  showEmpty();
}

function item({ id, key }) {
  const element = blank("project");
  element.dataset.projectItem = id;
  const hooks = { projectName: "[data-project-name]", projectColor: "[data-project-color]", projectDescription: "[data-project-description]" };
  for (const [hook, place] of Object.entries(hooks)) {
    for (const one of element.querySelectorAll(place)) one.dataset[hook] = id;
  }
  for (const link of element.querySelectorAll("a")) link.href = `/projects/${key}/board`;
  writeText(element.querySelector("[data-project-key]"), key);
  return element;
}

function showEmpty() {
  const hint = document.querySelector("[data-projects-empty]");
  if (hint) hint.hidden = Boolean(document.querySelector("[data-project-item]"));
}

const everywhere = (hook, id) => document.querySelectorAll(`[data-${hook}="${CSS.escape(id)}"]`);
