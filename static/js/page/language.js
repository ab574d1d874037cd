/** Texts, days and numbers in the language of the page. Texts are written in English; `js/texts/` brings what they are in another. */

const { lang } = document.documentElement;
const ENGLISH = lang === "en";
const { plurals, texts } = globalThis.puntTexts ?? { plurals: { one: 0, other: 1 }, texts: {} };
const rules = new Intl.PluralRules(lang);
const days = [{}, { year: "numeric" }].map(
  (year) => new Intl.DateTimeFormat(lang, { day: "numeric", month: "short", timeZone: "UTC", ...year }),
);

/** Translates a text and fills its placeholders: `t("Actions for %(key)s", { key })`. */
export const t = (text, values) => fill(texts[text] ?? text, values);

/** Likewise the form of a text that goes with `count`, which is `%(num)s` in it. */
export const plural = (one, many, count, values) =>
  fill((texts[one] ?? [one, many])[plurals[rules.select(count)]], { num: count.toLocaleString(lang), ...values });

/** Marks a text that is translated when it is used. */
export const later = (text) => text;

/** A value of a type, a priority or a role as people read it; what is kept is English. */
export const translated = (value) => (VALUES.has(value) ? t(value) : value);

/** "one, two and three". */
export const listed = (words) => new Intl.ListFormat(lang).format(words);

/** A date as the server writes it: "3 Dec", with the year when it is not this one. */
export function day(date) {
  const isThisYear = date.getUTCFullYear() === new Date().getUTCFullYear();
  if (!ENGLISH) return days[Number(!isThisYear)].format(date);
  const [, number, month, year] = date.toUTCString().split(" "); // "Fri, 05 Dec 2025 00:00:00 GMT"
  return `${Number(number)} ${month}${isThisYear ? "" : ` ${year}`}`;
}

const VALUES = new Set(
  [later("Task"), later("Story"), later("Epic"), later("Bug"), later("Subtask")].concat(
    [later("Lowest"), later("Low"), later("Medium"), later("High"), later("Highest"), later("Critical")],
    [later("owner"), later("admin"), later("member"), later("viewer")],
  ),
);

const fill = (text, values = {}) => text.replace(/%(?:\((\w+)\)s|%)/g, (_, name) => (name ? values[name] : "%"));
