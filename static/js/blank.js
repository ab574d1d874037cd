/** A fresh copy of the server's own markup for one `card`, `label`, `column`, `project`, `avatar` or `toast`. */
export function blank(name) {
  return document.querySelector(`template[data-blank="${name}"]`).content.firstElementChild.cloneNode(true);
}
