import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

import { STATES } from "@/features/reservations/reservation-details/timelineSteps";
import { PAGE_SIZES, SORTS } from "@/features/stock/stock-list/useLevelView";
import english from "@/i18n/en.json";
import { IDENTIFIER_LENGTH_MAX, REFUSED_CATEGORIES } from "@/lib/identifiers/identifiers";
import { CATALOGUE_COLUMNS, EXPORT_COLUMNS } from "./catalogue/columns";
import {
  DIRECT_BYTES_MAX,
  DIRECT_ROWS_MAX,
  FILE_BYTES_MAX,
  ROWS_MAX,
  SEARCH_LENGTH_MIN,
  SHARDS_MAX,
  TEXT_LENGTH_MAX,
  UNITS_MAX,
} from "./limits";
import { RESERVATION_STATUSES, STOCK_STATUSES } from "./types";

const project = (path: string) => readFileSync(join(import.meta.dirname, "../../..", path), "utf8");

interface Schema {
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface OpenApi {
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

const { schemas, parameters } = (parse(project("api/openapi.yaml")) as OpenApi).components;

test("the page has every status and sort field of the API", () => {
  expect(STOCK_STATUSES).toEqual(schemas["StockStatus"]?.enum);
  expect(RESERVATION_STATUSES).toEqual(schemas["ReservationStatus"]?.enum);
  expect([...SORTS].sort()).toEqual([...(schemas["LevelSort"]?.enum ?? [])].sort());
});

test("the page accepts the input that the API accepts", () => {
  expect(schemas["Units"]).toMatchObject({ minimum: 0, maximum: UNITS_MAX });
  expect(schemas["ShardsRequest"]?.properties?.["shards"]).toMatchObject({ minimum: 1, maximum: SHARDS_MAX });
});

test("the page refuses the characters that the functions refuse", () => {
  const rules = project("functions/inventory/identifiers.py");
  const categories = /^NOT_PRINTABLE = frozenset\(\{(.+)\}\)$/m.exec(rules)?.[1]?.match(/\w+/g) ?? [];

  expect(categories.map((category) => `\\p{${category}}`).join("")).toBe(REFUSED_CATEGORIES);
  expect(rules).toMatch(numberCalled("IDENTIFIER_LENGTH_MAX", IDENTIFIER_LENGTH_MAX));
  expect(rules).toMatch(numberCalled("TEXT_LENGTH_MAX", TEXT_LENGTH_MAX));
});

test.each(["Search", "ReservationSearch", "SearchText"])("a search is as short and as long as %s", (parameter) => {
  expect(parameters[parameter]?.schema).toMatchObject({ minLength: SEARCH_LENGTH_MIN, maxLength: TEXT_LENGTH_MAX });
});

test("no page size is larger than the API allows", () => {
  expect(Math.max(...PAGE_SIZES)).toBeLessThanOrEqual(parameters["Limit"]?.schema.maximum ?? 0);
});

test("the largest import and its columns are those of the functions", () => {
  expect(project("functions/inventory/imports/submission.py")).toMatch(
    numberCalled("FILE_BYTES_MAX", DIRECT_BYTES_MAX),
  );
  expect(project("functions/inventory/imports/store.py")).toMatch(numberCalled("UPLOAD_BYTES_MAX", FILE_BYTES_MAX));
  expect(project("functions/inventory/imports/run.py")).toMatch(numberCalled("UPLOAD_ROWS_MAX", ROWS_MAX));
  expect(project("functions/inventory/imports/catalogue_csv.py")).toContain(
    `COLUMNS = (${CATALOGUE_COLUMNS.map(quoted).join(", ")})`,
  );
  const columnsOfExport = EXPORT_COLUMNS.slice(CATALOGUE_COLUMNS.length);
  expect(project("functions/inventory/imports/catalogue_csv.py")).toContain(
    `COLUMNS_OF_EXPORT = (${columnsOfExport.map(quoted).join(", ")})`,
  );
});

test("the limits in texts are the real limits", () => {
  const expectLimit = (key: keyof typeof english, limit: string) => {
    expect(english[key]).toContain(limit);
  };
  expectLimit("stock.invalid.units", `0 to ${inEnglish(UNITS_MAX)}`);
  expect(project("functions/inventory/imports/catalogue_csv.py")).toMatch(numberCalled("ROWS_MAX", DIRECT_ROWS_MAX));
  const password = /MinimumLength: (\d+)/.exec(project("template.yaml"))?.[1] ?? "none";
  expectLimit("session.new_password.rules", `At least ${password} characters`);
  expectLimit("session.error.weak_password", `at least ${password} characters`);
});

test("the page knows exactly the states of the workflow", () => {
  const definition = parse(project("statemachines/reservation.asl.yaml")) as Workflow;

  expect([...STATES].sort()).toEqual(statesOf(definition).sort());
});

interface Workflow {
  readonly States: Readonly<Record<string, { readonly ItemProcessor?: Workflow }>>;
}

function statesOf({ States }: Workflow): string[] {
  return Object.entries(States).flatMap(([name, { ItemProcessor }]) => [
    name,
    ...(ItemProcessor ? statesOf(ItemProcessor) : []),
  ]);
}

function numberCalled(name: string, value: number): RegExp {
  return new RegExp(`^${name} = ${value.toLocaleString("en").replaceAll(",", "_")}(  #.*)?$`, "m");
}

function inEnglish(value: number): string {
  return value.toLocaleString("en");
}

function quoted(text: string): string {
  return `"${text}"`;
}
