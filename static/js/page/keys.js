/** Which key is pressed, whatever the layout, Caps Lock and input method. */

/** Elements for typing, where keys may have meanings of their own. */
export const TYPING = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])";

const LATIN = /[\0-\x7f]|\p{Script=Latin}/u;

/**
 * Lower case, or upper case with Shift; a non-Latin letter counts as the letter in its position on a Latin keyboard. Keys
 * with Alt or AltGr, which type characters, and keys during input-method composition are not meant for the page.
 */
export function pressed(event) {
  const { key = "", code = "", altKey, shiftKey, isComposing } = event;
  if (altKey || isComposing || event.getModifierState?.("AltGraph")) return "";
  if (key.length > 1) return key;
  const letter = LATIN.test(key) ? key : (/^Key(.)$/.exec(code)?.[1] ?? key);
  return shiftKey ? letter.toUpperCase() : letter.toLowerCase();
}
