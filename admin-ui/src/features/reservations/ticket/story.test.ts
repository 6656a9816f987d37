import { expect, test } from "vitest";

import { aTimelineEntry } from "@/testing/factories";
import { timelineStoryOf } from "./story";

test("the timeline of a customer names neither the customer nor the payments", () => {
  const entries = [
    aTimelineEntry({
      kind: "REFUND_DUE",
      customer_id: "customer-4711",
      payment_reference: "PAY-123456",
      note: "customer-4711 called",
    }),
  ];

  const story = timelineStoryOf({ customer_id: "customer-4711" }, entries, false);

  expect(story).toContain("## Timeline of customer …4711 (UTC, the newest first)\n");
  expect(story).toContain(`${entries[0]?.at ?? ""} REFUND_DUE of order-1001\n`);
  expect(story).toContain("  payment_reference: …456\n");
  expect(story).toContain("  note: …4711 called");
  expect(story).toMatch(/\(older entries were not loaded\)$/);
  expect(story).not.toMatch(/customer-4711|PAY-123456/);
});

test("the timeline of an order has its id and all entries", () => {
  const story = timelineStoryOf(
    { order_id: "O/1001" },
    [aTimelineEntry({}), aTimelineEntry({ kind: "COMMITTED" })],
    true,
  );

  expect(story).toContain("## Timeline of order O/1001 ");
  expect(story.match(/ of order-1001$/gm)).toHaveLength(2);
  expect(story).not.toContain("not loaded");
});
