/** Shrinks a chosen picture that is too large to upload. */

import { create, hear } from "../page/dom.js";

const MOST = 2 * 1024 * 1024;
const SIDE = 512;

export function startPicture() {
  hear(window, "change", ({ target }) => target.matches("[data-picture-file]") && shrink(target));
}

async function shrink(input) {
  const [file] = input.files;
  if (!file || file.size <= MOST) return;
  const whole = await createImageBitmap(file).catch(() => null);
  if (!whole || input.files[0] !== file) return; // the server refuses what is not a picture, with a message
  const { width, height } = whole;
  const side = Math.min(width, height);
  const canvas = create("canvas", { width: SIDE, height: SIDE });
  canvas.getContext("2d").drawImage(whole, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  canvas.toBlob((small) => {
    const chosen = new DataTransfer();
    chosen.items.add(new File([small], "picture.png", { type: small.type }));
    input.files = chosen.files;
  });
}
