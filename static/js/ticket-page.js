/** A ticket on a page of its own. */

import { TicketView } from "./ticket-view.js";
import { toastNext } from "./toast.js";

export class TicketPage {
  #view;

  constructor(host) {
    this.#view = new TicketView(host, { onChanged() {}, onDeleted });
    const { pathname } = location;
    addEventListener("popstate", () => location.pathname !== pathname && location.reload());
  }

  get handlers() {
    return this.#view.handlers;
  }
}

function onDeleted() {
  toastNext("The ticket is deleted.");
  location.assign(location.pathname.replace(/\/tickets\/.*/, "/board"));
}
