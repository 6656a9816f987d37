export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object; none is an empty one. */
export function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** A copy in which each object is replaced, the innermost first. */
export function mapObjects(value: Json, replace: (object: JsonObject) => Json): Json {
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, replace));
  if (!isObject(value)) return value;
  return replace(mapValues(value, (part) => mapObjects(part, replace)));
}

export function mapValues(object: JsonObject, replace: (value: Json, name: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, replace(value, name)]));
}

/** What a `$ref` of the document names; any other value is itself. */
export function resolved(document: JsonObject, value: Json | undefined): Json | undefined {
  const reference = asObject(value)["$ref"];
  if (typeof reference !== "string") return value;
  return reference
    .split("/")
    .slice(1)
    .reduce<Json | undefined>((part, name) => asObject(part)[name], document);
}
