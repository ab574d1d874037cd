/** People: their names and avatars wherever the page shows them. */

import { blank } from "../page/blank.js";
import { byId, query } from "../page/dom.js";
import { missSomething } from "../page/doubt.js";
import { everywhere } from "../page/everywhere.js";
import { ink } from "../page/ink.js";
import { dropFrom } from "./labels.js";
import { cardOf } from "../page/places.js";
import { speak } from "../page/spoken.js";
import { writeAttribute, writeData, writeText } from "../page/write.js";
import { t } from "../page/language.js";

const stranger = () => ({ name: t("Someone"), color: "#475467" });

export const peopleHandlers = { "user.updated": showPerson };

/** For the people of the board's project, whom its filters list. */
export const memberHandlers = {
  "member.created": ({ id, user }) => {
    if (everywhere("member", id)[0]) return;
    const item = blank("member-facet");
    const words = item.lastElementChild;
    writeData(item, { member: id });
    writeData(words, { userName: user.id });
    writeText(words, user.name);
    item.control.value = user.id;
    query("[data-facet=assignee]").append(item);
  },
  "member.deleted": ({ id }) => dropFrom("assignee", everywhere("member", id)),
};

const faceOf = ({ name, avatarColor, avatarUrl }) => ({ name, color: avatarColor, picture: avatarUrl ?? "" });

/** {name, color, picture} of a person in the page's directory, or undefined. */
export const findPerson = (id) => byId(`person-${id}`)?.dataset;

/** An avatar of somebody who should be in the page's directory. */
export function avatarOf(id) {
  const person = findPerson(id);
  if (!person) missSomething();
  return paint(blank("avatar"), id, person ?? stranger());
}

/** An avatar of anybody, in the page's directory or not. */
export const portrait = (person) => paint(blank("avatar"), person.id, faceOf(person));

function showPerson(person) {
  const { id, name } = person;
  const face = faceOf(person);
  Object.assign(findPerson(id) ?? {}, face);
  for (const avatar of everywhere("user", id)) speak(cardOf(paint(avatar, id, face)));
  for (const words of everywhere("user-name", id)) writeText(words, name);
}

function paint(avatar, id, { name, color, picture }) {
  const letters = query("text", avatar);
  writeData(avatar, { user: id });
  writeAttribute(avatar, "title", name);
  writeAttribute(query("circle", avatar), "fill", color);
  writeAttribute(letters, "fill", ink(color));
  writeText(letters, initials(name));
  hang(picture, avatar);
  return avatar;
}

function hang(picture, avatar) {
  const hung = query("img", avatar);
  if (!picture) return hung?.remove();
  const image = hung ?? avatar.appendChild(new Image());
  image.alt = "";
  writeAttribute(image, "src", picture);
}

function initials(name) {
  const words = name
    .trim()
    .split(/\s+/)
    .map((word) => [...word]); // by characters, as the server counts
  return (words.length > 1 ? words[0][0] + words.at(-1)[0] : words[0].slice(0, 2).join("")).toUpperCase();
}
