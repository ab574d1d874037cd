/** The page's doubt in what it shows. */

const DOUBT = "punt:doubt";

/** Says that this page may have missed something: all that shows what the server knows asks for it anew. */
export function missSomething() {
  dispatchEvent(new Event(DOUBT));
}

/** Calls `run` whenever something may have been missed. */
export const onDoubt = (run) => addEventListener(DOUBT, run);
