/** Which key is pressed, whatever the layout, Caps Lock and input method. */

/** What is written in, where keys may have meanings of their own. */
export const TYPING = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])";

const LATIN = /[\0-\x7f]|\p{Script=Latin}/u;

/**
 * A letter is small, or large with Shift; one that is not Latin is the letter of that place on a Latin keyboard. Nothing is
 * pressed with Alt or AltGr, which write signs, nor while an input method composes: its keys are not meant for the page.
 */
export function pressed(event) {
  const { key = "", code = "", altKey, shiftKey, isComposing } = event;
  if (altKey || isComposing || event.getModifierState?.("AltGraph")) return "";
  if (key.length > 1) return key;
  const letter = LATIN.test(key) ? key : (/^Key(.)$/.exec(code)?.[1] ?? key);
  return shiftKey ? letter.toUpperCase() : letter.toLowerCase();
}
