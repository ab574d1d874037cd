/** What one page of this tab leaves for the next one. */

export const leave = (key, value) => sessionStorage.setItem(key, JSON.stringify(value));

/** What was left, if anything; it can be taken once. */
export function take(key) {
  const value = JSON.parse(sessionStorage.getItem(key));
  sessionStorage.removeItem(key);
  return value;
}
