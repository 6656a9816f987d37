import { asObject, isObject, type Json, type JsonObject, mapValues, resolved } from "./json.ts";

/** A row of the guide's table of errors. */
interface Problem {
  readonly status: string;
  readonly meaning: string;
  readonly remedy: string;
}

const ROW = /^\| `([A-Z_]+)` \| (\d{3}) \| (.*?) \| (.*?) ?\|$/gm;
const PROBLEM = "application/problem+json";
const HEADING = "What can go wrong";

// They are the same at every call that answers them, so they are explained once.
const ANYWHERE = [
  "VALIDATION_FAILED",
  "MALFORMED_JSON",
  "UNAUTHORIZED",
  "FORBIDDEN",
  "ROUTE_NOT_FOUND",
  "PAYLOAD_TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
  "TOO_MANY_REQUESTS",
  "INTERNAL_ERROR",
  "BUSY",
];

/** The document with a table of errors in the description of each call, and one of those that any call may answer. */
export function whatGoesWrong(document: JsonObject, guide: string): JsonObject {
  const problems = problemsOf(guide);
  const paths = mapValues(asObject(document["paths"]), (path) =>
    mapValues(asObject(path), (call) => {
      const responses = asObject(call)["responses"];
      return isObject(responses) ? explained(asObject(call), codesOf(document, responses), problems) : call;
    }),
  );
  const info = asObject(document["info"]);
  const anywhere = `## ${HEADING} at any call\n\n${tableOf(ANYWHERE, problems)}`;
  return { ...document, info: { ...info, description: joined(info["description"], anywhere) }, paths };
}

function problemsOf(guide: string): Map<string, Problem> {
  const rows = [...guide.matchAll(ROW)];
  return new Map(
    rows.map(([, code = "", status = "", meaning = "", remedy = ""]) => [code, { status, meaning, remedy }]),
  );
}

function explained(call: JsonObject, codes: readonly string[], problems: ReadonlyMap<string, Problem>): JsonObject {
  const own = codes.filter((code) => !ANYWHERE.includes(code));
  const shared = codes.filter((code) => ANYWHERE.includes(code)).map((code) => `\`${code}\``);
  const table = own.length > 0 ? `${tableOf(own, problems)}\n\nAlso` : "Only";
  const sentence = `${table} what [any call](#section/${HEADING.replaceAll(" ", "-")}-at-any-call) may answer: ${shared.join(", ")}.`;
  return { ...call, description: joined(call["description"], `**${HEADING}**\n\n${sentence}`) };
}

function tableOf(codes: readonly string[], problems: ReadonlyMap<string, Problem>): string {
  const rows = codes.map((code) => {
    const problem = problems.get(code);
    if (!problem) throw new Error(`The table of errors in docs/api.md has no ${code}.`);
    const remedy = problem.remedy && ` **${problem.remedy}**`;
    return `| ${problem.status} | \`${code}\` | ${problem.meaning}${remedy} |`;
  });
  return ["| status | code | what it means, and what to do |", "| --- | --- | --- |", ...rows].join("\n");
}

function joined(description: Json | undefined, addition: string): string {
  return [typeof description === "string" ? description.trimEnd() : "", addition].join("\n\n").trimStart();
}

/** The codes of a call's problem documents: their examples are named by them. */
function codesOf(document: JsonObject, responses: JsonObject): string[] {
  const codes = Object.values(responses).flatMap((response) => {
    const content = asObject(asObject(resolved(document, response))["content"]);
    return Object.keys(asObject(asObject(content[PROBLEM])["examples"]));
  });
  return [...new Set(codes)];
}
