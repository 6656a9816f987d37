import { expect, test } from "vitest";

import { redacted, shortened } from "./redact";

test.each([
  ["customer-4711", "…4711"],
  ["PAY-77", "…77"],
  ["C-1", "…1"],
  ["C1", "…"],
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
