/** Starts what moves cards on a board, and what the keyboard does there. */

import { CardActions } from "./card-actions.js";
import { CardMenu } from "./card-menu.js";
import { Drag } from "./drag.js";
import { Focus } from "./focus.js";
import { Mover } from "./mover.js";
import { Selection } from "./selection.js";
import { Shortcuts } from "./shortcuts.js";

export function startMoving(board) {
  const focus = new Focus(board);
  focus.start();
  new Shortcuts(board, focus, board.canEdit ? hands(board, focus) : {}).start();
}

function hands(board, focus) {
  const mover = new Mover(board);
  const selection = new Selection(board);
  const actions = new CardActions(focus, selection, mover);
  const menu = new CardMenu(board, actions);
  for (const part of [new Drag(board, mover, selection), selection, menu]) part.start();
  const button = document.querySelector("[data-selection-move]");
  button.addEventListener("click", () => menu.open(selection.cards[0], button));
  return { actions, menu };
}
