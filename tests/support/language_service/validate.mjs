// Validates the definitions on standard input with AWS's language service of the Amazon States Language.
import { text } from "node:stream/consumers";

import languageService from "amazon-states-language-service";
import { TextDocument } from "vscode-languageserver-textdocument";

const services = {
  json: languageService.getLanguageService({}),
  yaml: languageService.getYamlLanguageService({}),
};

async function validate({ language, text }) {
  const service = services[language];
  const document = TextDocument.create(`file:///definition.asl.${language}`, language, 1, text);
  const parsed = language === "json" ? service.parseJSONDocument(document) : undefined;
  const found = await service.doValidation(document, parsed);
  return found.map((diagnostic) => `line ${diagnostic.range.start.line + 1}: ${diagnostic.message}`);
}

const definitions = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(await Promise.all(definitions.map(validate))));
