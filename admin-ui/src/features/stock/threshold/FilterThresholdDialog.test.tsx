import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { toCsv } from "@/lib/files/csv";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { ok, problem } from "@/testing/responses";
import { FilterThresholdDialog } from "./FilterThresholdDialog";
import { thresholdFile } from "./thresholdFile";

const HEADER = "product_id,warehouse_id,name,category,on_hand,low_stock_threshold,on_hand_was,as_of".split(",");
const level = (product_id: string, name: string, threshold: number) => [
  ...[product_id, "main", name, "kitchen", "12", String(threshold)],
  ...["12", "2026-11-22T10:15:00.000Z"],
];
const EXPORTED = toCsv([HEADER, level("A", 'Kettle, "old"', 2), level("B", "Pan", 5), level("C", " =SUM(A1)", 0)]);

test("an export gets another threshold, and keeps everything else as it is", () => {
  expect(thresholdFile(EXPORTED, 5)).toEqual({
    csv: toCsv([HEADER, level("A", 'Kettle, "old"', 5), level("C", " =SUM(A1)", 5)]),
    levels: 3,
    changed: 2,
  });
});

test("the thresholds of a filter are checked before they are set, and set once", async () => {
  const asked: URLSearchParams[] = [];
  const files = new Map<string | null, string>();
  renderWithProviders(
    <FilterThresholdDialog filter={{ category: "tea" }} onClose={() => undefined} />,
    async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      asked.push(searchParams);
      if (pathname === "/admin/export") return new Response(EXPORTED);
      files.set(request.headers.get("Idempotency-Key"), await request.text());
      return files.size === 1 && asked.length === 2 ? new Response("", { status: 502 }) : ok({ import_id: "7" });
    },
  );
  fireEvent.change(screen.getByLabelText("Threshold"), { target: { value: "5" } });
  fireEvent.click(screen.getByRole("button", { name: "Check" }));
  await screen.findByText("2 levels will change. 1 level has this threshold already.");
  expect(files.size).toBe(0);

  fireEvent.click(screen.getByRole("button", { name: "Set 2 thresholds" }));
  await vi.waitUntil(() => asked.length === 3); // the first answer was lost

  expect([...files.values()]).toEqual([thresholdFile(EXPORTED, 5).csv.replace(/^\uFEFF/, "")]);
  expect(asked[0]?.get("category")).toBe("tea");
  expect(asked[2]?.get("create")).toBe("false");
  expect(asked[2]?.get("reason")).toBe("Threshold changed");
});

test.each([
  ["0", [], "No level was found."],
  ["5", [level("B", "Pan", 5)], "No level will change. 1 level has this threshold already."],
  ["7", [level("B", "Pan", 5)], "1 level will change."],
])("a threshold of %s is announced in a sentence", async (threshold, levels, sentence) => {
  renderWithProviders(
    <FilterThresholdDialog filter={{}} onClose={() => undefined} />,
    () => new Response(toCsv([HEADER, ...levels])),
  );
  fireEvent.change(screen.getByLabelText("Threshold"), { target: { value: threshold } });
  fireEvent.click(screen.getByRole("button", { name: "Check" }));

  await screen.findByText(sentence);
  expect(screen.getByRole("status").textContent).toBe(sentence); // screen readers say it
});

test("the thresholds are those of the filter at which the dialog was opened", async () => {
  const asked: string[] = [];
  const dialog = (category: string) => <FilterThresholdDialog filter={{ category }} onClose={() => undefined} />;
  const { rerender } = renderWithProviders(dialog("tea"), ({ url }) => {
    asked.push(new URL(url).search);
    return new Response(EXPORTED);
  });
  rerender(dialog("pans")); // the browser's back button changes the address under an open dialog
  fireEvent.change(screen.getByLabelText("Threshold"), { target: { value: "5" } });
  fireEvent.click(screen.getByRole("button", { name: "Check" }));
  await screen.findByText(/2 levels will change/);

  expect(asked).toEqual(["?category=tea"]);
});

test("levels that do not fit into one export are refused with what to do", async () => {
  renderWithProviders(<FilterThresholdDialog filter={{}} onClose={() => undefined} />, () =>
    problem(413, "EXPORT_TOO_LARGE"),
  );
  fireEvent.change(screen.getByLabelText("Threshold"), { target: { value: "5" } });
  fireEvent.click(screen.getByRole("button", { name: "Check" }));

  await screen.findByText(/too many levels for one change/);
});
