import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { apiCopy } from "./apiCopy.ts";
import { asObject, type Json, type JsonObject, resolved } from "./json.ts";

const PROJECT = resolve(import.meta.dirname, "../../..");
const OPENAPI = readFileSync(resolve(PROJECT, "api/openapi.yaml"), "utf-8");
const GUIDE = readFileSync(resolve(PROJECT, "docs/api.md"), "utf-8");
const COPY = apiCopy(OPENAPI, GUIDE);

function callsOf(document: JsonObject): JsonObject[] {
  const paths = Object.values(asObject(document["paths"])).map(asObject);
  return paths.flatMap((path) => Object.values(path).map(asObject)).filter((call) => "operationId" in call);
}

function callOf(operationId: string): JsonObject {
  return asObject(callsOf(COPY).find((call) => call["operationId"] === operationId));
}

describe("the copy of the API's document", () => {
  it("has every call of the API", () => {
    const named = (document: JsonObject) => callsOf(document).map((call) => call["operationId"]);

    expect(named(COPY)).toEqual(named(asObject(parse(OPENAPI) as Json)));
  });

  it.each(["x-amazon-", "Fn::", "{proxy+}", '"options"', "${"])("has no %s", (part) => {
    expect(JSON.stringify(COPY)).not.toContain(part);
  });

  it("refuses a function of CloudFormation that would be left", () => {
    const changed = OPENAPI.replace('version: "1.0"', 'version: { Ref: "Version" }');

    expect(() => apiCopy(changed, GUIDE)).toThrow("would contain Ref");
  });

  it("has a server whose host is a variable", () => {
    const [server] = COPY["servers"] as Json[];

    expect(asObject(server)["url"]).toBe("https://{host}/v1");
    expect(Object.keys(asObject(asObject(server)["variables"]))).toEqual(["host"]);
  });

  it("has examples with null as JSON, not as a text", () => {
    const examples = asObject(asObject(COPY["components"])["examples"]);
    const held = asObject(asObject(examples["HeldReservation"])["value"]);

    expect(held).toMatchObject({ reservation_id: "order-1001", payment_reference: null });
  });

  it("has only components that something refers to, and all of those", () => {
    const text = JSON.stringify(COPY);
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = ""]) => reference);

    expect(references.filter((reference) => resolved(COPY, { $ref: reference }) === undefined)).toEqual([]);
    for (const kind of ["schemas", "responses", "parameters", "examples"]) {
      const names = Object.keys(asObject(asObject(COPY["components"])[kind]));
      expect(names.filter((name) => !references.includes(`#/components/${kind}/${name}`))).toEqual([]);
    }
  });
});

describe("what can go wrong", () => {
  it("is in the description of each call", () => {
    for (const call of callsOf(COPY)) expect(call["description"]).toContain("**What can go wrong**");
  });

  it("says what to do, for the errors of this call only", () => {
    const { description } = callOf("createReservation");

    expect(description).toContain("| 409 | `INSUFFICIENT_STOCK` | Some lines are short");
    expect(description).toContain("**Offer less, under a new key.**");
    expect(description).not.toContain("VERSION_CONFLICT");
    expect(description).not.toContain("| 401 |");
  });

  it("is explained once for the errors of any call", () => {
    const info = asObject(COPY["info"]);

    expect(info["description"]).toContain("## What can go wrong at any call");
    expect(info["description"]).toContain("| 401 | `UNAUTHORIZED` |");
  });

  it("is never a code that the guide does not explain", () => {
    const guide = GUIDE.replace("| `HOLD_LIMIT_REACHED` |", "| `OTHER` |");

    expect(() => apiCopy(OPENAPI, guide)).toThrow("docs/api.md has no HOLD_LIMIT_REACHED");
  });
});
