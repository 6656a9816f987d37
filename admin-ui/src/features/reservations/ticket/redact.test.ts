import { expect, test } from "vitest";

import { redacted, shortened } from "./redact";

test.each([
  ["customer-4711", "…4711"],
  ["PAY-77", "…77"],
  ["C-1", "…1"],
  ["C1", "…"],
  ["ab😀", "…😀"],
])("of %s only the end is left", (value, end) => {
  expect(shortened(value)).toBe(end);
});

test("customers and payments are shortened in their fields and in every text", () => {
  const order = {
    customer_id: "customer-4711",
    unfulfilled_payments: ["PAY-123456"],
    cause: 'customer-4711 paid "PAY-123456"',
    link: "https://shop.example/?customer=customer-4711",
    lines: [{ product_id: "KIT-0001", quantity: 2 }],
  };

  expect(redacted(order)).toEqual({
    customer_id: "…4711",
    unfulfilled_payments: ["…456"],
    cause: '…4711 paid "…456"',
    link: "https://shop.example/?customer=…4711",
    lines: [{ product_id: "KIT-0001", quantity: 2 }],
  });
});

test("a very short id is shortened in its field only", () => {
  expect(redacted({ customer_id: "1", note: "1 kettle" })).toEqual({ customer_id: "…", note: "1 kettle" });
});

test("an id that is a part of another one leaves no rest of it", () => {
  const both = { customer_id: "ada.smith", payment_reference: "ada.smith-42-visa", note: "ada.smith-42-visa" };

  expect(redacted(both)).toEqual({ customer_id: "…ith", payment_reference: "…visa", note: "…visa" });
});

test("tokens are removed, by their field and by their form", () => {
  const token = "AQCEAAAAKg".repeat(60);

  expect(redacted({ task_token: "short", TaskToken: 7, note: `at ${token}!`, [token]: [token] })).toEqual({
    task_token: "(removed)",
    TaskToken: "(removed)",
    note: "at (removed)!",
    "(removed)": ["(removed)"],
  });
});

test("private values are found in texts of JSON: an input that was cut, or a cause that quotes one", () => {
  expect(
    redacted({
      input: '{"order_id": "1001", "customer_id": "C-17-4711", "lines": [{"product_id": "KIT-0',
      cause: String.raw`The request {\"customer_id\":\"ada-lovelace\"} is not valid`,
    }),
  ).toEqual({
    input: '{"order_id": "1001", "customer_id": "…711", "lines": [{"product_id": "KIT-0',
    cause: String.raw`The request {\"customer_id\":\"…lace\"} is not valid`,
  });
});

test("addresses of emails are shortened wherever they are", () => {
  expect(redacted({ input: { customer: { mail: "ada@shop.example" } }, note: "asked by ada@shop.example." })).toEqual({
    input: { customer: { mail: "…mple" } },
    note: "asked by …mple.",
  });
});

test("an id with half a character, which no address can have, is shortened as well", () => {
  expect(redacted({ customer_id: "C-17-\uD83D", cause: "C-17-\uD83D is not valid" })).toEqual({
    customer_id: "…-\uD83D",
    cause: "…-\uD83D is not valid",
  });
});
