/** Puts `node` before `next` in `parent` like insertBefore, without losing the focus inside it. */

import { focusInPlace, focused } from "../page/dom.js";
export function insert(parent, node, next = null) {
  if (parent.moveBefore && parent.getRootNode() === node.getRootNode()) return parent.moveBefore(node, next);
  const held = node.contains(focused()) && focused();
  parent.insertBefore(node, next);
  if (held) focusInPlace(held);
}
