/** The page in few words. */

export const query = (selector, root = document) => root.querySelector(selector);
export const queryAll = (selector, root = document) => [...root.querySelectorAll(selector)];
export const hear = (target, ...rest) => target.addEventListener(...rest);
