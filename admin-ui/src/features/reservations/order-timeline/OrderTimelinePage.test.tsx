import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { TimelineEntry } from "@/api/types";
import { aLevel, aLine, aTimelineEntry } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { ok, page, problem } from "@/testing/responses";
import { headerOf } from "./entrySteps";
import { OrderTimelinePage } from "./OrderTimelinePage";

const address = "/timeline?order_id=O%2F1001";

test("what happened to an order is one list, the newest first, with links to its reservations", async () => {
  const asked: string[] = [];
  renderWithProviders(
    <OrderTimelinePage />,
    ({ url }) => {
      const { pathname, search } = new URL(url);
      if (pathname === "/admin/levels") return page([aLevel({ name: "Tea Kettle" })]);
      asked.push(search);
      return page([
        aTimelineEntry({ kind: "RELEASED", reason: "EXPIRED", by: null }),
        aTimelineEntry({ lines: [aLine({ quantity: 2 })] }),
      ]);
    },
    { address },
  );

  const [end, hold] = await screen.findAllByRole("listitem");
  expect(end?.textContent).toContain("Hold expired");
  expect(hold?.textContent).toContain("2 × KIT-0001");
  await within(hold ?? document.body).findByText("Tea Kettle"); // the name beside the id
  expect(screen.getAllByRole("link", { name: "order-1001" })[0]?.getAttribute("href")).toBe(
    "/reservation?reservation_id=order-1001",
  );
  expect(asked).toEqual(["?order_id=O%2F1001"]);
  screen.getByRole("button", { name: "Copy for a ticket" });
});

test.each<[Partial<TimelineEntry>, string]>([
  [{ kind: "COMMITTED", rescued: false }, "Sold"],
  [{ kind: "COMMITTED", rescued: true }, "Rescued by a late payment"],
  [{ kind: "RELEASED", reason: "CANCELLED", by: null }, "Cancelled"],
  [{ kind: "RELEASED", reason: "CANCELLED", by: "anna" }, "Released by a manager"],
  [{ kind: "RELEASED", reason: "PAYMENT_FAILED" }, "Payment failed"],
  [{ kind: "REJECTED", reason: null }, "Not enough stock"],
  [{ kind: "REJECTED", reason: "HOLD_LIMIT_REACHED" }, "Customer's hold limit reached"],
  [{ kind: "UNFULFILLED", reason: "EXPIRED" }, "Paid after the hold expired"],
  [{ kind: "REFUND_DUE" }, "Payment to return"],
  [{ kind: "EXECUTION_FAILED" }, "Execution failed"],
])("%j is shown as %s", (entry, header) => {
  expect(headerOf(aTimelineEntry(entry))).toBe(header);
});

test("an unknown order is explained", async () => {
  renderWithProviders(<OrderTimelinePage />, () => page([]), { address });

  await screen.findByText("Nothing is known of O/1001");
});

test("the timeline of a customer says when it is old, or cannot be made", async () => {
  const { unmount } = renderWithProviders(
    <OrderTimelinePage />,
    () => ok({ items: [aTimelineEntry()], cursor: null, read_model: { state: "STALE", followed_until: null } }),
    { address: "/timeline?customer_id=C-17" },
  );
  await screen.findByText("This may be out of date");
  unmount();

  renderWithProviders(<OrderTimelinePage />, () => problem(409, "READ_MODEL_MISSING"), {
    address: "/timeline?customer_id=C-17",
  });
  await screen.findByText("The search index is being built");
});

test("an address without an order or a customer leads to the reservations", () => {
  renderWithProviders(<OrderTimelinePage />, () => page([]), { address: "/timeline" });

  screen.getByRole("link", { name: "All reservations" });
});
