/** The texts that shoppers read, each replaceable: by an attribute, by a script element in the settings, or by `configure`. */

/** @typedef {string | Record<string, string>} Text one text, or one for each plural form: { one, other } */

/** @type {Record<string, Text>} */
const DEFAULTS = {
  loading: "",
  in_stock: "In stock",
  low_stock: "Only {available} left",
  low_stock_capped: "More than {available} left",
  out_of_stock: "Sold out",
  unavailable: "Stock status unavailable",
  announcement: "{name}: {text}",
  held: "Held for {time}",
  hold_ended: "Your hold has ended",
};

const FORMS = ["", "-zero", "-one", "-two", "-few", "-many", "-other"];

/** Every attribute that replaces a text. */
export const TEXT_ATTRIBUTES = Object.keys(DEFAULTS).flatMap((key) => FORMS.map((form) => attributeOf(key) + form));

/** @param {string} key */
function attributeOf(key) {
  return `text-${key.replaceAll("_", "-")}`;
}

/**
 * A text with its values.
 * @param {Element} element its attribute `text-low-stock` replaces `low_stock`, `text-low-stock-one` its plural form
 * @param {Record<string, Text>} settings
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function textOf(element, settings, key, values = {}) {
  const language = languageOf(element);
  const count = Object.values(values).find((value) => typeof value === "number");
  const form = count === undefined ? "other" : new Intl.PluralRules(language).select(count);
  const attribute = attributeOf(key);
  const text =
    element.getAttribute(`${attribute}-${form}`) ?? element.getAttribute(attribute) ?? settings[key] ?? DEFAULTS[key];
  const chosen = typeof text === "object" ? (text[form] ?? text["other"]) : text;
  const numbers = new Intl.NumberFormat(language);
  return (chosen ?? "").replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name] ?? "";
    return typeof value === "number" ? numbers.format(value) : value;
  });
}

/**
 * The language of the part of the page in which the element is, for plural forms and numbers.
 * @param {Element} element
 */
export function languageOf(element) {
  const language = element.closest("[lang]")?.getAttribute("lang") || document.documentElement.lang;
  try {
    return Intl.getCanonicalLocales(language || "en")[0] ?? "en";
  } catch {
    return "en"; // lang="" or an invention
  }
}
