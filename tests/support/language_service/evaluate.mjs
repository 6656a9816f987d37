// Evaluates the JSONata expressions on standard input, and says which branches of `a ? b : c` each of them took.
import { text } from "node:stream/consumers";

import jsonata from "jsonata";

const ENTERED = Symbol.for("jsonata.__evaluate_entry"); // jsonata calls it before it evaluates a node

async function evaluate({ text, start }) {
  let compiled;
  try {
    compiled = jsonata(text);
  } catch (error) {
    return { error: error.message, branches: [], taken: [] };
  }
  const names = new Map(branches(compiled.ast(), start));
  const taken = new Set();
  compiled.assign(ENTERED, (node) => {
    if (names.has(node)) taken.add(names.get(node));
  });
  const answer = { branches: [...names.values()] };
  try {
    answer.value = await compiled.evaluate();
  } catch (error) {
    answer.error = error.message;
  }
  return { ...answer, taken: [...taken] };
}

/** Each branch in a syntax tree with its name, as far as it begins at `start` or later. */
function* branches(node, start) {
  if (node === null || typeof node !== "object") return;
  if (node.type === "condition" && node.position >= start) {
    yield [node.then, `${node.position - start} then`];
    if (node.else) yield [node.else, `${node.position - start} else`];
  }
  for (const child of Object.values(node)) yield* branches(child, start);
}

const expressions = JSON.parse(await text(process.stdin));
const answers = [];
for (const expression of expressions) answers.push(await evaluate(expression));
process.stdout.write(JSON.stringify(answers));
