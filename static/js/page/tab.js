/** This tab's id in X-Tab-Id. It is in memory only: a duplicated tab would copy sessionStorage. */

import { missSomething } from "./doubt.js";
import { me } from "./session.js";

let id = randomId();

/** A random id; unlike crypto.randomUUID it also exists on plain http in a LAN. */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const tabId = () => id;

/** Whether this tab itself caused a message: others see its id, and may use it. */
export const isOwn = (message) => message.tabId === id && message.actorId === me;

/** Takes a new id, so that the echo of a write whose response was lost is applied. One that came before was not. */
export function renameTab() {
  id = randomId();
  missSomething();
}
