/** This tab's cursor in the server's log, and the last links of the chain that led there. */

const LINKS = 500;

export class Chain {
  #links = [];

  constructor(cursor) {
    this.cursor = cursor;
  }

  /** Advances by a link {previous, id, message}. True: it is new; false: it is known; null: something before it is missing. */
  add(link) {
    if (/^(stream\.reset|database\.)/.test(link.message?.type)) this.#links = []; // applied even if the cursor stays
    else if (this.cursor && !isAfter(link.id, this.cursor)) return false;
    else if (this.cursor && (!link.previous || isAfter(link.previous, this.cursor))) return null;
    else this.#keep(link);
    this.cursor = link.id || this.cursor;
    return true;
  }

  /** The links after a cursor; null when some of them are not here. */
  since(cursor) {
    const [first] = this.#links;
    if (!cursor || !first?.previous || isAfter(first.previous, cursor)) return null;
    return this.#links.filter(({ id }) => isAfter(id, cursor));
  }

  // A ping only advances the cursor: two in a row are one.
  #keep(link) {
    const last = this.#links.at(-1);
    if (last && !last.message && !link.message) last.id = link.id;
    else this.#links.push({ ...link });
    if (this.#links.length > LINKS) this.#links.shift();
  }
}

/** Whether the cursor `one`, an epoch and a position in it, has not been reached at `other`. */
export function isAfter(one, other) {
  const [[epoch, position], [same, reached]] = [one.split("-"), other.split("-")];
  return epoch !== same || Number(position) > Number(reached);
}

/** Whether `one` is ahead of `other` in the same epoch. */
export const isAhead = (one, other) => isAfter(one, other) && one.split("-")[0] === other.split("-")[0];
