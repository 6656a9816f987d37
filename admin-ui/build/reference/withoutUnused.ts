import { asObject, type JsonObject, mapValues } from "./json.ts";

const REFERENCE = /"#\/components\/(\w+)\/([^"]+)"/g;

/** The document without components that nothing refers to, such as those of the removed parts. */
export function withoutUnused(document: JsonObject): JsonObject {
  const components = asObject(document["components"]);
  const used = new Set<string>();
  const follow = (part: unknown): void => {
    for (const [, kind = "", name = ""] of JSON.stringify(part).matchAll(REFERENCE)) {
      if (used.has(`${kind}/${name}`)) continue;
      used.add(`${kind}/${name}`);
      follow(asObject(components[kind])[name] ?? null);
    }
  };
  follow(document["paths"]);
  const kept = mapValues(components, (parts, kind) =>
    kind === "securitySchemes"
      ? parts
      : Object.fromEntries(Object.entries(asObject(parts)).filter(([name]) => used.has(`${kind}/${name}`))),
  );
  return { ...document, components: kept };
}
