import { asObject, isObject, type Json, type JsonObject, mapObjects, mapValues } from "./json.ts";

const INTRINSIC = /^(Fn::|Ref$)/;
const OF_BROWSERS = "browser"; // the tag of CORS preflights, which no caller sends by hand

/**
 * The document without what only API Gateway and CloudFormation read: their extensions, preflights, and the path of all
 * other requests.
 */
export function withoutVendorParts(document: JsonObject): JsonObject {
  const plain = asObject(mapObjects(document, withoutExtensions));
  const tags = (plain["tags"] as Json[]).filter((tag) => asObject(tag)["name"] !== OF_BROWSERS);
  const paths = mapValues(asObject(plain["paths"]), (path) => withoutPreflight(asObject(path)));
  const copy = { ...plain, info: { ...asObject(plain["info"]), title: "" }, tags, paths: withoutEmpty(paths) };
  refuseIntrinsics(copy);
  return copy;
}

function withoutExtensions(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !name.startsWith("x-amazon-")));
}

function withoutPreflight(path: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(path).filter(([method]) => method !== "options"));
}

/** Without paths that have no call left, as that of all other requests. */
function withoutEmpty(paths: JsonObject): JsonObject {
  const hasCall = (path: Json) => Object.keys(asObject(path)).some((name) => name !== "parameters");
  return Object.fromEntries(Object.entries(paths).filter(([, path]) => hasCall(path)));
}

/** A function of CloudFormation that is left would be published as an unresolved text. */
function refuseIntrinsics(value: Json): void {
  if (Array.isArray(value)) value.forEach(refuseIntrinsics);
  if (!isObject(value)) return;
  for (const [name, part] of Object.entries(value)) {
    if (INTRINSIC.test(name)) throw new Error(`The reference of the API would contain ${name}.`);
    refuseIntrinsics(part);
  }
}
