import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { useRefreshStock } from "@/api/levels/refreshStock";
import { aLevel } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { page, problem } from "@/testing/responses";
import { ProductName } from "./ProductName";

function Shown({ product_id }: { product_id: string }) {
  const refreshStock = useRefreshStock();
  return (
    <p>
      {product_id}
      <ProductName product_id={product_id} />
      <button onClick={() => refreshStock(aLevel({ product_id, name: "Tea Kettle" }))} aria-label="Change" />
    </p>
  );
}

test("a name that somebody changed is the new one", async () => {
  renderWithProviders(<Shown product_id="NAME-1" />, () => page([aLevel({ name: "Kettle" })]));
  await screen.findByText("Kettle");

  fireEvent.click(screen.getByRole("button", { name: "Change" }));

  await screen.findByText("Tea Kettle");
});

test("a name that is the id is not said twice", async () => {
  let calls = 0;
  renderWithProviders(<Shown product_id="NAME-2" />, () => {
    calls++;
    return page([aLevel({ name: "NAME-2" })]);
  });

  await waitFor(() => expect(calls).toBe(1));
  await act(() => Promise.resolve());
  expect(screen.getByText("NAME-2").textContent).toBe("NAME-2");
});

test.each([
  ["that could not be read is read again when it is shown again", 503, "BUSY", 2],
  ["of a product that does not exist is not asked for again", 404, "PRODUCT_NOT_FOUND", 1],
] as const)("a name %s", async (_, status, code, expected) => {
  let calls = 0;
  const names = (key: number) => <Shown key={key} product_id="NAME-3" />;
  const { rerender } = renderWithProviders(names(1), () => {
    calls++;
    return problem(status, code);
  });
  await waitFor(() => expect(calls).toBe(1));
  await act(() => new Promise((resolve) => setTimeout(resolve, 20)));

  rerender(names(2));
  await act(() => new Promise((resolve) => setTimeout(resolve, 20)));

  expect(calls).toBe(expected);
});
