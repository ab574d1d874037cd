/** Where PUNT is on its host, which others may share: another PUNT, too. */

/** What its addresses begin with: nothing at the top of the host, else such as /punt. */
export const prefix = document.body.dataset.prefix ?? "";

/** The full name of something that this browser keeps for this PUNT. */
export const own = (name) => `punt${prefix}.${name}`;
