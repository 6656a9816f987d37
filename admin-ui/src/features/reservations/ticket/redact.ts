/** The fields whose values name a person or a payment. */
const PRIVATE_FIELDS: ReadonlySet<string> = new Set([
  "customer_id",
  "payment_reference",
  "payment_references",
  "unfulfilled_payments",
]);
/** A field of these in a text of JSON, as in an input that was cut or a cause that quotes one. */
const PRIVATE_IN_TEXT = new RegExp(String.raw`\\?"(?:${[...PRIVATE_FIELDS].join("|")})\\?":\s*\\?"([^"\\]+)`, "g");
const EMAIL = /(?<![^\s@"'<>:,;])[^\s@"'<>:,;]+@[^\s@"'<>:,;]+\.\w+/g; // begins after a separator only: fast in long texts
const TOKEN_FIELD = /token/i;
/** A task token is a text in base64 of at least this length. */
const LIKE_A_TOKEN = /[A-Za-z0-9+/=_-]{300,}/g;
const REMOVED = "(removed)";
/** A shorter one may be a part of any word: it is shortened in its own field only. */
const FOUND_IN_TEXTS_MIN = 4;

/** The end of a private value: enough to recognise it, too little to use it. */
export function shortened(value: string): string {
  const characters = Array.from(value); // not half of an emoji
  return `…${characters.slice(characters.length - Math.min(4, Math.floor(characters.length / 3))).join("")}`;
}

/** A value without tokens, and with private ids and references shortened wherever they are. */
export function redacted(value: unknown): unknown {
  const found = new Set<string>();
  findPrivate(value, false, found);
  const inTexts = [...found].filter(({ length }) => length >= FOUND_IN_TEXTS_MIN).sort((a, b) => b.length - a.length);
  return redact(value, false, inTexts);
}

function findPrivate(value: unknown, isPrivate: boolean, found: Set<string>): void {
  if (typeof value === "string") {
    if (isPrivate && value !== "") found.add(value);
    for (const [, inText = ""] of value.matchAll(PRIVATE_IN_TEXT)) found.add(inText);
    for (const [email] of value.matchAll(EMAIL)) found.add(email);
  } else if (Array.isArray(value)) {
    for (const item of value) findPrivate(item, isPrivate, found);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) findPrivate(item, isPrivate || PRIVATE_FIELDS.has(name), found);
  }
}

function redact(value: unknown, isPrivate: boolean, inTexts: readonly string[]): unknown {
  if (typeof value === "string") return isPrivate ? shortened(value) : withoutPrivate(value, inTexts);
  if (typeof value === "number") return isPrivate ? REMOVED : value;
  if (Array.isArray(value)) return value.map((item) => redact(item, isPrivate, inTexts));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      withoutPrivate(name, inTexts),
      TOKEN_FIELD.test(name) ? REMOVED : redact(item, isPrivate || PRIVATE_FIELDS.has(name), inTexts),
    ]),
  );
}

function withoutPrivate(value: string, inTexts: readonly string[]): string {
  return inTexts.reduce(
    (text, secret) =>
      text.replaceAll(secret, shortened(secret)).replaceAll(encoded(secret), encoded(shortened(secret))),
    value.replace(LIKE_A_TOKEN, REMOVED),
  );
}

/** As in an address. The input of a request that broke the rules may have half a character, which cannot be encoded. */
function encoded(value: string): string {
  return encodeURIComponent(value.replace(/\p{Surrogate}/gu, "\uFFFD"));
}
