import { parse } from "yaml";

import { asObject, type Json, type JsonObject } from "./json.ts";
import { parsedExamples } from "./parsedExamples.ts";
import { whatGoesWrong } from "./whatGoesWrong.ts";
import { withoutUnused } from "./withoutUnused.ts";
import { withoutVendorParts } from "./withoutVendorParts.ts";

const OWN_PATH = "/v1";

/**
 * The API's document as callers need it: OpenAPI that any tool reads, with what can go wrong at each call.
 *
 * @param openapi the document that API Gateway imports
 * @param guide the guide of the API in Markdown, whose table of errors says what to do
 */
export function apiCopy(openapi: string, guide: string): JsonObject {
  const copy = withoutUnused(
    whatGoesWrong(parsedExamples(withoutVendorParts(asObject(parse(openapi) as Json))), guide),
  );
  return { ...copy, info: { ...asObject(copy["info"]), title: "Inventory API" }, servers: [anyStack()] };
}

/** A server for every stack: publishing puts the stack's own before it. */
function anyStack(): JsonObject {
  return {
    url: `https://{host}${OWN_PATH}`,
    description: "Any stack: the host is that of its output ApiUrl.",
    variables: {
      host: {
        default: "api.example.com",
        description: "The host of the output ApiUrl, such as a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com.",
      },
    },
  };
}
