import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { aLevel } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { ok, problem } from "@/testing/responses";
import { AdjustLevelsDialog } from "./AdjustLevelsDialog";

const levels = ["KIT-1", "KIT-2", "KIT-3"].map((product_id) => aLevel({ product_id, name: product_id }));

test("the submit button counts the levels that are not done, even after a field changed", async () => {
  renderWithProviders(<AdjustLevelsDialog levels={levels} onClose={() => undefined} />, (request) =>
    request.url.includes("KIT-1") ? ok(levels[0]) : problem(409, "BELOW_RESERVED"),
  );
  const dialog = within(screen.getByRole("dialog"));
  const type = (label: string, value: string) => {
    fireEvent.change(dialog.getByLabelText(label), { target: { value } });
  };
  type("Units", "-3");
  type("Note", "breakage");

  fireEvent.click(dialog.getByRole("button", { name: "Adjust 3 stock levels" }));
  await dialog.findByRole("button", { name: "Try 2 stock levels again" });
  type("Units", "-1");

  dialog.getByRole("button", { name: "Adjust 2 stock levels" });
  expect(dialog.queryByRole("button", { name: "Adjust 3 stock levels" })).toBeNull();
});

test("many levels are adjusted with the reason and the reference that one level has, too", async () => {
  const sent: unknown[] = [];
  renderWithProviders(<AdjustLevelsDialog levels={levels.slice(0, 2)} onClose={() => undefined} />, async (request) => {
    sent.push(await request.json());
    return ok(levels[0]);
  });
  const dialog = within(screen.getByRole("dialog"));
  const type = (label: string, value: string) => {
    fireEvent.change(dialog.getByLabelText(label), { target: { value } });
  };
  type("Units", "12");
  type("Note", "delivery");
  type("Reference (optional)", "LS 4711/a");

  fireEvent.click(dialog.getByRole("button", { name: "Adjust 2 stock levels" }));
  await dialog.findByText("2 of 2 done, 0 failed");

  const content = { delta: 12, reason: "delivery", reference: "LS 4711/a" };
  expect(sent).toEqual([content, content]);
});

test.each([
  ["BELOW_RESERVED", false],
  ["IDEMPOTENCY_CONFLICT", true],
] as const)("after %s another attempt has the same key: %s", async (code, isSame) => {
  const keys: (string | null)[] = [];
  renderWithProviders(<AdjustLevelsDialog levels={levels.slice(0, 1)} onClose={() => undefined} />, (request) => {
    keys.push(request.headers.get("Idempotency-Key"));
    return problem(409, code);
  });
  const dialog = within(screen.getByRole("dialog"));
  fireEvent.change(dialog.getByLabelText("Units"), { target: { value: "-3" } });
  fireEvent.change(dialog.getByLabelText("Note"), { target: { value: "breakage" } });

  fireEvent.click(dialog.getByRole("button", { name: "Adjust 1 stock level" }));
  fireEvent.click(await dialog.findByRole("button", { name: "Try 1 stock level again" }));
  await vi.waitUntil(() => keys.length === 2);

  expect(keys[0] === keys[1]).toBe(isSame);
});
