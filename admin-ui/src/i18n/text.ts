import { IntlMessageFormat } from "intl-messageformat";

import english from "./en.json";

/** The key of a text. */
export type TextKey = keyof typeof english;
export type TextValues = Readonly<Record<string, string | number | Date>>;
type Texts = Partial<Record<TextKey, string>>;

// Another language is another file here. English is always loaded, for texts that a translation lacks.
const translations = import.meta.glob<Texts>(["./*.json", "!./en.json"], { import: "default" });

let texts: Texts = english;
let locale = "en";
let formats = new Map<TextKey, IntlMessageFormat>();

/** Load the first of the user's languages that has a file. Returns its tag. */
export async function loadTexts(languages: readonly string[]): Promise<string> {
  for (const tag of languages) {
    const language = tag.split("-")[0] ?? tag;
    const load = translations[`./${tag}.json`] ?? translations[`./${language}.json`];
    if (!load && language !== "en") continue;
    texts = load ? await load() : english;
    locale = tag;
    formats = new Map();
    break;
  }
  return locale;
}

/** A text in the user's language, with its values: `text("list.more", { count: 12 })`. */
export function text(key: TextKey, values?: TextValues): string {
  let format = formats.get(key);
  if (!format) {
    format = new IntlMessageFormat(texts[key] ?? english[key], locale);
    formats.set(key, format);
  }
  return format.format<string>(values && isolated(values)) as string;
}

const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** Values in a right-to-left script do not take the numbers behind them along: FSI and PDI isolate them. */
function isolated(values: TextValues): TextValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "string" && RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value,
    ]),
  );
}
