import { asObject, type Json, type JsonObject, mapObjects } from "./json.ts";

/** Examples as JSON: CloudFormation accepts no null, so the document has those with a null as a text. */
export function parsedExamples(document: JsonObject): JsonObject {
  const components = asObject(document["components"]);
  const shared = mapObjects(components["examples"] ?? {}, withParsed("value"));
  const copy = mapObjects({ ...document, components: { ...components, examples: shared } }, (object) => {
    const isContent = Object.keys(object).some((name) => name.includes("/") && name.endsWith("json"));
    return isContent ? mapObjects(object, (part) => withParsed("value")(withParsed("example")(part))) : object;
  });
  return asObject(copy);
}

function withParsed(name: string): (object: JsonObject) => JsonObject {
  return (object) => {
    const text = object[name];
    return typeof text === "string" && text.trimStart().startsWith("{")
      ? { ...object, [name]: JSON.parse(text) as Json }
      : object;
  };
}
