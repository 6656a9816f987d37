import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

// The lazy parts, loaded before the first test: on a busy machine this may take longer than a test waits.
import "@/features/overview/DecidedReservations";
import "@/features/overview/Health";
import "@/features/reservations/EndingHolds";
import "@/features/reservations/refunds/MoneyToReturn";
import "@/features/stock/attention/LostDemand";
import "@/features/stock/attention/RunningOut";
import { anyAnswer } from "@/testing/anyAnswer";
import { aLostProduct, anOverview, CURRENT } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { ok, problem } from "@/testing/responses";
import { OverviewPage } from "./OverviewPage";

const PARTS = [
  ["/admin/overview", "link", "Low stock: 3"],
  ["/admin/health", "heading", "Books and alarms"],
  ["/admin/attention", "button", "Receive units of Tea Kettle in main"],
  ["/admin/refunds", "button", "Mark payment PAY-77 as returned"],
  ["/admin/lost-demand", "heading", /^Refused in the last 24 hours/],
  ["/admin/reservations", "heading", /^Holds that end soon/],
] as const;

const never = () => new Promise<Response>(() => undefined);

test.each(PARTS)("when %s fails, the other parts stay, and this one says so", async (failing) => {
  renderWithProviders(<OverviewPage />, (request) =>
    new URL(request.url).pathname === failing ? problem(403, "FORBIDDEN") : anyAnswer(request),
  );

  for (const [path, role, name] of PARTS) if (path !== failing) await screen.findByRole(role, { name });
  await screen.findByText("You are not allowed to do this");
});

test.each(PARTS)("when %s does not answer, the other parts are there", async (slow) => {
  renderWithProviders(<OverviewPage />, (request) =>
    new URL(request.url).pathname === slow ? never() : anyAnswer(request),
  );

  for (const [path, role, name] of PARTS) if (path !== slow) await screen.findByRole(role, { name });
});

test("a payment is marked as returned on the overview", async () => {
  const sent: unknown[] = [];
  renderWithProviders(<OverviewPage />, async (request) => {
    if (request.method === "POST") sent.push(await request.json());
    return anyAnswer(request);
  });

  fireEvent.click(await screen.findByRole("button", { name: "Mark payment PAY-77 as returned" }));
  const dialog = within(await screen.findByRole("dialog"));
  fireEvent.change(dialog.getByLabelText("Reference of the refund"), { target: { value: "REF-1" } });
  fireEvent.click(dialog.getByRole("button", { name: "Mark returned" }));

  await screen.findByText("Payment PAY-77 is marked as returned.");
  expect(sent).toEqual([{ payment_reference: "PAY-77", reference: "REF-1" }]);
});

test("refused units are listed by product, and one without a level by its id", async () => {
  const items = [aLostProduct(), aLostProduct({ product_id: "GONE-1", name: null, units: 1, requests: 1 })];
  renderWithProviders(<OverviewPage />, (request) =>
    request.url.includes("lost-demand")
      ? ok({ since: "2026-11-21T10:15:00.000Z", items, total_units: 18, read_model: CURRENT })
      : anyAnswer(request),
  );

  await screen.findByText("18 units were asked for and not available.");
  screen.getByText("6 reservations");
  expect(screen.getByRole("link", { name: "GONE-1" }).getAttribute("href")).toBe("/product?product_id=GONE-1");
});

const ending = (minutes: number, reservation_id: string) => ({
  reservation_id,
  execution_name: reservation_id,
  order_id: null,
  lines: [],
  held_until: new Date(Date.now() + minutes * 60_000).toISOString(),
});

test("the holds that end within 15 minutes are listed", async () => {
  renderWithProviders(<OverviewPage />, (request) =>
    request.url.includes("status=HELD&sort=held_until")
      ? ok({ items: [ending(2, "first"), ending(9, "second"), ending(90, "late")], cursor: "more" })
      : anyAnswer(request),
  );
  await screen.findByRole("link", { name: "first" });

  const links = screen.getAllByRole("link").map(({ textContent }) => textContent);
  expect(links.filter((name) => ["first", "second", "late"].includes(name))).toEqual(["first", "second"]);
});

test.each([
  [212, "(212)"],
  [3, "(9+)"], // the read model does not know the latest holds yet
  [null, "(9+)"],
])("of many holds the first ones are listed, with a number that is true: %s counted", async (ending_soon, counter) => {
  renderWithProviders(<OverviewPage />, (request) =>
    request.url.includes("/admin/reservations")
      ? ok({ items: Array.from({ length: 9 }, (_, number) => ending(number, `hold-${number}`)), cursor: "more" })
      : request.url.includes("/admin/overview")
        ? ok({ ...anOverview({}), holds: { active: 700, units: 700, ending_soon } })
        : anyAnswer(request),
  );

  await screen.findByText("The first 8 of those that end within 15 minutes.");
  await screen.findByText(counter);
  expect(screen.queryByRole("link", { name: "hold-8" })).toBeNull();
});

test("the page says when the read model is missing", async () => {
  renderWithProviders(<OverviewPage />, (request) =>
    request.url.includes("/admin/overview")
      ? ok({ ...anOverview({}), read_model: { state: "MISSING", followed_until: null } })
      : anyAnswer(request),
  );

  await screen.findByText("The search index is being built");
});
