/** PUNT's path on its host, which it may share with others, even with another PUNT. */

/** The beginning of its addresses: nothing at the root of the host, otherwise such as /punt. */
export const prefix = document.body.dataset.prefix ?? "";

/** The full name of something that this browser stores for this PUNT. */
export const own = (name) => `punt${prefix}.${name}`;
