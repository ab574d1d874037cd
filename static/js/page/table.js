/** {name: make(name)} for all names. */
export const table = (names, make) => Object.fromEntries(names.map((name) => [name, make(name)]));
