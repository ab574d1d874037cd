/** Hands every message of the stream to those who registered for its type. */

import { isOwn } from "./tab.js";

export class Live {
  #handlers = new Map();

  /** Registers a table {type: handler(data, message)}; with `project`, only that project's messages reach it. */
  on(table, { project } = {}) {
    for (const [type, handler] of Object.entries(table)) {
      const known = this.#handlers.get(type) ?? [];
      this.#handlers.set(type, [...known, { handler, project }]);
    }
  }

  // A wipe reaches every tab, the one that caused it included, so it comes before the question whose it is.
  receive(message) {
    if (!message.type.startsWith("database.") && isOwn(message.tabId)) return;
    for (const { handler, project } of this.#handlers.get(message.type) ?? []) {
      if (!project || (message.projectId ?? project) === project) attempt(handler, message);
    }
  }
}

function attempt(handler, message) {
  try {
    handler(message.data, message);
  } catch (error) {
    reportError(error);
  }
}
