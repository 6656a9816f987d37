import { act } from "@testing-library/react";
import { expect, test } from "vitest";

import { aLevel } from "@/testing/factories";
import { renderHookWithProviders } from "@/testing/renderWithProviders";
import { problem } from "@/testing/responses";
import { useSelectedCsv } from "./useSelectedCsv";

const selected = ["KIT-1", "A/B ☕"].map((product_id) => aLevel({ product_id, on_hand: 20 }));

test("selected levels are exported with their current figures and the moment of the API's clock", async () => {
  const { result } = renderHookWithProviders(
    () => useSelectedCsv(),
    (request) => {
      const product_id = new URL(request.url).searchParams.get("product_id") ?? "";
      const items = ["north", "main"].map((warehouse_id) => aLevel({ product_id, warehouse_id, on_hand: 18 }));
      return Response.json({ items }, { headers: { Date: "Sun, 22 Nov 2026 11:00:00 GMT" } });
    },
  );

  const csv = await act(() => result.current.mutateAsync(selected));

  expect((await textOf(csv)).trim().split("\r\n").slice(1)).toEqual([
    "KIT-1,main,Tea Kettle,kitchen,18,5,18,2026-11-22T11:00:00.000Z",
    "A/B ☕,main,Tea Kettle,kitchen,18,5,18,2026-11-22T11:00:00.000Z",
  ]);
});

test("there is no file if some of the levels cannot be read", async () => {
  const { result } = renderHookWithProviders(
    () => useSelectedCsv(),
    () => problem(403, "FORBIDDEN"),
  );

  await expect(act(() => result.current.mutateAsync(selected))).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
});

function textOf(blob: Blob): Promise<string> {
  return new Promise((resolve) => {
    const reader = new FileReader(); // jsdom's Blob has no text()
    reader.onload = () => {
      resolve(reader.result as string);
    };
    reader.readAsText(blob);
  });
}
