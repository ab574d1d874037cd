/** Passes every message of the stream to the handlers registered for its type. */

import { isOwn } from "../page/tab.js";

const registered = new Map();

/** The event types for created, changed and deleted things of these kinds. */
export const typesOf = (...nouns) => nouns.flatMap((noun) => ["created", "updated", "deleted"].map((verb) => `${noun}.${verb}`));

/** Registers a table {type: handler(data, message)}; with `project`, only that project's messages reach it. */
export function register(table, project) {
  for (const [type, handler] of Object.entries(table)) {
    registered.set(type, [...(registered.get(type) ?? []), { handler, project }]);
  }
}

// Nobody moved a ticket whose rank changed because its column was spread: there is nothing to announce.
const typeOf = ({ type, actorId }) => (actorId || type !== "ticket.moved" ? type : "ticket.spread");

// A wipe reaches every tab, including the one that caused it, so it is handled before checking whose message it is.
export function receive(message) {
  if (!message.type.startsWith("database.") && isOwn(message)) return;
  for (const { handler, project } of registered.get(typeOf(message)) ?? []) {
    if (!project || (message.projectId ?? project) === project) attempt(handler, message);
  }
}

/** Passes messages of `project` again to the handlers of `tables`, who may have had nothing to show them in. */
export function receiveAgain(messages, tables, project) {
  for (const message of messages) {
    if (isOwn(message) || message.projectId !== project) continue;
    for (const { [typeOf(message)]: handler } of tables) if (handler) attempt(handler, message);
  }
}

function attempt(handler, message) {
  try {
    handler(message.data, message);
  } catch (error) {
    reportError(error);
  }
}
