/** Puts `node` before `next` in `parent` like insertBefore, without losing the focus inside it. */
export function insert(parent, node, next = null) {
  if (parent.moveBefore && parent.getRootNode() === node.getRootNode()) return parent.moveBefore(node, next);
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  parent.insertBefore(node, next);
  focused?.focus({ preventScroll: true });
}
