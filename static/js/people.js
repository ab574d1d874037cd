/** The people of this page: their names and avatars, wherever they are shown. */

import { blank } from "./blank.js";
import { ink } from "./ink.js";
import { writeAttribute, writeData, writeText } from "./write.js";

export class People {
  #directory = document.querySelector("[data-people]");

  /** {id, name, color} of a known person, else undefined. */
  find(id) {
    return this.#entry(id)?.dataset && this.#read(this.#entry(id));
  }

  /** A new avatar of a person; of a stranger, one with a question mark. */
  avatar(id) {
    const avatar = blank("avatar");
    paint(avatar, this.find(id) ?? { id, name: "Someone", color: "#6b7280" });
    return avatar;
  }

  get handlers() {
    const know = (user) => this.know(user);
    return { "user.updated": know };
  }

  /** Takes up a user's summary and shows it everywhere. */
  know({ id, username, name, avatarColor }) {
    if (this.#directory) writeData(this.#entry(id) ?? this.#add(id), { username, name, color: avatarColor });
    for (const avatar of everywhere("user", id)) paint(avatar, { id, name, color: avatarColor });
    for (const words of everywhere("user-name", id)) writeText(words, name);
  }

  #entry(id) {
    return this.#directory?.querySelector(`[data-person="${CSS.escape(id)}"]`);
  }

  #read({ dataset: { person, name, color } }) {
    return { id: person, name, color };
  }

  #add(id) {
    const entry = document.createElement("li");
    entry.dataset.person = id;
    this.#directory.append(entry);
    return entry;
  }
}

/** "AL" for Alice Liddell. */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? words[0][0] + words.at(-1)[0] : name.trim().slice(0, 2);
  return letters.toUpperCase();
}

function paint(avatar, { id, name, color }) {
  writeData(avatar, { user: id });
  writeAttribute(avatar, "title", name);
  writeAttribute(avatar.querySelector("circle"), "fill", color);
  writeAttribute(avatar.querySelector("text"), "fill", ink(color));
  writeText(avatar.querySelector("text"), initials(name));
}

function everywhere(hook, id) {
  return document.querySelectorAll(`[data-${hook}="${CSS.escape(id)}"]`);
}
