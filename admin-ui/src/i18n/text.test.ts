import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  isArgumentElement,
  isPluralElement,
  parse,
  type MessageFormatElement,
} from "@formatjs/icu-messageformat-parser";
import ts from "typescript";
import { expect, test } from "vitest";

import english from "./en.json";
import { text } from "./text";

interface Use {
  readonly where: string;
  /** A pattern that the key matches; a template literal matches several keys. */
  readonly key: RegExp;
  /** The names of the values that are passed; null if they are not an object literal. */
  readonly values: readonly string[] | null;
}

const SOURCE = join(import.meta.dirname, "..");
const KEYS = Object.keys(english);
const USES = sources().flatMap(usesIn);

function sources(): string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.endsWith("schema.ts"))
    .map((file) => join(SOURCE, file));
}

function usesIn(file: string): Use[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const uses: Use[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isCallExpression(node) && node.expression.getText() === "text" && node.arguments[0]) {
      for (const key of patternsOf(node.arguments[0])) {
        uses.push({ where: `${file}: ${node.getText()}`, key, values: namesOf(node.arguments[1]) });
      }
    } else if (ts.isStringLiteral(node) && node.text.includes(".") && KEYS.includes(node.text)) {
      uses.push({ where: file, key: exactly(node.text), values: null }); // a key that is passed on, like the labels of the routes
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return uses;
}

function patternsOf(key: ts.Expression): RegExp[] {
  if (ts.isStringLiteralLike(key)) return [exactly(key.text)];
  if (ts.isConditionalExpression(key)) return [...patternsOf(key.whenTrue), ...patternsOf(key.whenFalse)];
  if (!ts.isTemplateExpression(key)) return [];
  const parts = [key.head.text, ...key.templateSpans.map((span) => span.literal.text)];
  return [new RegExp(`^${parts.map(escape).join("[\\w-]+")}$`)];
}

function namesOf(values: ts.Expression | undefined): readonly string[] | null {
  if (!values) return [];
  if (!ts.isObjectLiteralExpression(values)) return null;
  return values.properties.map((property) => property.name?.getText() ?? "");
}

function exactly(key: string): RegExp {
  return new RegExp(`^${escape(key)}$`);
}

function escape(part: string): string {
  return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function argumentsOf(elements: readonly MessageFormatElement[]): Set<string> {
  const names = new Set<string>();
  for (const element of elements) {
    if (isArgumentElement(element) || "options" in element) names.add(element.value);
    else if ("style" in element) names.add(element.value);
    if ("options" in element) {
      for (const option of Object.values(element.options)) argumentsOf(option.value).forEach((name) => names.add(name));
    }
    if (isPluralElement(element)) expect(element.options).toHaveProperty("other");
  }
  return names;
}

test("every text is used", () => {
  expect(KEYS.filter((key) => !USES.some((use) => use.key.test(key)))).toEqual([]);
});

test("every text that is used exists", () => {
  expect(USES.filter((use) => !KEYS.some((key) => use.key.test(key))).map((use) => use.where)).toEqual([]);
});

test("every use of a text passes exactly the values of its message", () => {
  const wrong = USES.filter(({ key, values }) => {
    const expected = KEYS.filter((candidate) => key.test(candidate)).map((candidate) =>
      argumentsOf(parse(english[candidate as keyof typeof english])),
    );
    return values !== null && !expected.some((names) => setEquals(names, new Set(values)));
  });

  expect(wrong.map((use) => use.where)).toEqual([]);
});

function setEquals(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((name) => other.has(name));
}

test("a name in a right-to-left script is isolated from the numbers behind it, and no other one", () => {
  const saved = (name: string) => text("stock.threshold.done", { name, warehouse_id: "main", threshold: "12" });

  expect(saved("\u05E7\u05D5\u05DE\u05E7\u05D5\u05DD")).toContain(
    "\u2068\u05E7\u05D5\u05DE\u05E7\u05D5\u05DD\u2069 (main)",
  );
  expect(saved("Théière ☕ 茶壶")).toContain("Théière ☕ 茶壶 (main)");
});
