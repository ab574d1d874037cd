/** A fresh copy of the server's own markup for one `card`, `label`, `column`, `project`, `avatar` or `toast`. */

import { query } from "./dom.js";

export function blank(name) {
  return query(`template[data-blank="${name}"]`).content.firstElementChild.cloneNode(true);
}
