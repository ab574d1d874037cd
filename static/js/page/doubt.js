/** Whether the page may be out of date. */

const DOUBT = "punt:doubt";

/** Says that this page may have missed something: whatever shows the server's data reloads it. */
export function missSomething() {
  dispatchEvent(new Event(DOUBT));
}

/** Calls `run` whenever something may have been missed. */
export const onDoubt = (run) => addEventListener(DOUBT, run);
