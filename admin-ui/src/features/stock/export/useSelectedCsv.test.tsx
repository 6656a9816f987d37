import { act } from "@testing-library/react";
import { expect, test } from "vitest";

import { aLevel } from "@/testing/factories";
import { renderHookWithProviders } from "@/testing/renderWithProviders";
import { ok, problem } from "@/testing/responses";
import { useSelectedCsv } from "./useSelectedCsv";

const onThePage = aLevel({ product_id: "KIT-1", on_hand: 20 });
const elsewhere = aLevel({ product_id: "KIT-2", on_hand: 20 });
const soldSince = { on_hand: 18 };

test("selected levels are exported with their current figures, including those of another page", async () => {
  const { result } = renderHookWithProviders(
    () => useSelectedCsv(),
    (request) =>
      request.url.endsWith("/KIT-2")
        ? ok({ items: [aLevel({ product_id: "KIT-2", warehouse_id: "north" }), { ...elsewhere, ...soldSince }] })
        : problem(404, "PRODUCT_NOT_FOUND"),
  );

  const csv = await act(() =>
    result.current.mutateAsync({ selected: [onThePage, elsewhere], shown: [{ ...onThePage, ...soldSince }] }),
  );

  expect((await textOf(csv)).trim().split("\r\n").slice(1)).toEqual([
    "KIT-1,main,Tea Kettle,kitchen,18,5",
    "KIT-2,main,Tea Kettle,kitchen,18,5",
  ]);
});

test("there is no file if some of the levels cannot be read", async () => {
  const { result } = renderHookWithProviders(
    () => useSelectedCsv(),
    () => problem(403, "FORBIDDEN"),
  );

  await expect(act(() => result.current.mutateAsync({ selected: [elsewhere], shown: [] }))).rejects.toMatchObject({
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
