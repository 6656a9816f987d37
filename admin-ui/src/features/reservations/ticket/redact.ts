/** The fields whose values name a person or a payment. */
const PRIVATE_FIELDS: ReadonlySet<string> = new Set([
  "customer_id",
  "payment_reference",
  "payment_references",
  "unfulfilled_payments",
]);
const TOKEN_FIELD = /token/i;
/** A task token is a text in base64 of at least this length. */
const LIKE_A_TOKEN = /[A-Za-z0-9+/=_-]{300,}/g;
const REMOVED = "(removed)";
/** A shorter one may be a part of any word: it is shortened in its own field only. */
const FOUND_IN_TEXTS_MIN = 4;

/** The end of a private value: enough to recognise it, too little to use it. */
export function shortened(value: string): string {
  return `…${value.slice(value.length - Math.min(4, Math.floor(value.length / 3)))}`;
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
      text
        .replaceAll(secret, shortened(secret))
        .replaceAll(encodeURIComponent(secret), encodeURIComponent(shortened(secret))),
    value.replace(LIKE_A_TOKEN, REMOVED),
  );
}
