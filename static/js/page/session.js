/** Whether somebody is signed in, and the ways out. */

import { showConnection } from "./connection.js";
import { own, prefix } from "./prefix.js";

/** Whose page this is. */
export const me = document.body.dataset.me;

/** Resolves to whether this page's person is still signed in; rejects when the server cannot be reached. */
export async function isSignedIn() {
  const response = await fetch(`${prefix}/api/auth/session`, { cache: "no-store", signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`The session probe answered ${response.status}`);
  return (await response.json()).user?.id === me;
}

/** Goes to the login page, to come back here afterwards. */
export function goToLogin() {
  showConnection("signed-out");
  const here = location.pathname + location.search;
  location.assign(`${prefix}/login?next=${encodeURIComponent(here)}`);
}

/** Ends the session, whatever the server says, and removes what this browser stored. */
export async function signOut() {
  showConnection("signed-out");
  [localStorage, sessionStorage].forEach(clearOwn);
  await fetch(`${prefix}/api/auth/logout`, { method: "POST", signal: AbortSignal.timeout(5_000) }).catch(() => {});
  location.replace(`${prefix}/login`);
}

function clearOwn(storage) {
  Object.keys(storage)
    .filter((key) => key.startsWith(own("")))
    .forEach((key) => storage.removeItem(key));
}
