import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import type { Level } from "@/api/types";
import { aLevel } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { ok, problem } from "@/testing/responses";
import { SpreadLevelDialog } from "./SpreadLevelDialog";

const level = aLevel({ product_id: "A/B", version: 7 });

function spreadOver(typed: string, respond: (request: Request) => Response | Promise<Response>) {
  renderWithProviders(<SpreadLevelDialog level={level} onClose={() => undefined} />, respond);
  fireEvent.change(screen.getByRole("spinbutton", { name: "Shards" }), { target: { value: typed } });
  fireEvent.click(screen.getByRole("button", { name: "Spread" }));
}

const changed = (shards: number, shards_wanted: number): Level => ({ ...level, shards, shards_wanted });

test("a level that sells is spread, whatever version it has by now", async () => {
  const sent: unknown[] = [];
  spreadOver("8", async (request) => {
    sent.push(request.method, new URL(request.url).search, request.headers.get("If-Match"), await request.json());
    return ok(changed(8, 8));
  });

  await screen.findByText("Tea Kettle (main) is spread over 8 shards.");
  expect(sent).toEqual(["PUT", "?product_id=A%2FB&warehouse_id=main", "*", { shards: 8 }]);
});

test("a change that waits for holds is announced as begun", async () => {
  spreadOver("1", () => ok(changed(8, 1)));

  await screen.findByText("Tea Kettle (main) is being joined in one shard.");
});

test.each(["0", "33", "", "2.5", "-4"])("a number that is not 1 to 32 is not sent: %s", (typed) => {
  const respond = vi.fn(() => ok(level));
  spreadOver(typed, respond);

  expect(screen.getByText("Enter a whole number from 1 to 32.")).toBeTruthy();
  expect(respond).not.toHaveBeenCalled();
});

test("the user reads that another change is under way, and what ends it", async () => {
  spreadOver("4", () => problem(409, "SHARDS_CHANGING"));

  await screen.findByText("Another change of the shards is under way");
  expect(screen.getByText(/^It ends when the units on the shards that go are sold or released/)).toBeTruthy();
});

test("a level that was deleted meanwhile is said to be gone", async () => {
  spreadOver("4", () => problem(404, "LEVEL_NOT_FOUND"));

  await screen.findByText("Not found");
});
