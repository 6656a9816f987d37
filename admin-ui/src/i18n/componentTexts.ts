import type { I18nProviderProps } from "@cloudscape-design/components/i18n";

type Messages = I18nProviderProps.Messages;

// Cloudscape has the texts of its components in many languages. Only the language of our own texts is loaded.
const translations = import.meta.glob<Messages>(
  [
    "/node_modules/@cloudscape-design/components/i18n/messages/all.*.js",
    "!/node_modules/@cloudscape-design/components/i18n/messages/all.all.js",
  ],
  { import: "default" },
);

/** The texts of Cloudscape's components in the language of a tag. */
export async function loadComponentTexts(tag: string): Promise<readonly Messages[]> {
  const language = tag.split("-")[0] ?? tag;
  const path = (name: string) => `/node_modules/@cloudscape-design/components/i18n/messages/all.${name}.js`;
  const load = translations[path(tag)] ?? translations[path(language)];
  return load ? [await load()] : [];
}
