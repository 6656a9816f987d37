import { createMemoryRouter } from "react-router";
import { expect, test } from "vitest";

import { lastOfPath, productPage } from "./addresses";

test.each(["A/B", "..", ".", "50%", "%2F", "%252F", "a#b?c=d&e", "a+b c", "'\"()", "Théière 🫖", "x".repeat(128)])(
  "the id %s survives the router",
  async (product_id) => {
    const router = createMemoryRouter([{ path: "product" }, { path: "*" }]);

    await router.navigate(productPage(product_id));

    const { pathname, search } = router.state.location;
    expect(pathname).toBe("/product");
    expect(new URLSearchParams(search).get("product_id")).toBe(product_id);
  },
);

test("an address of the first edition has the id in its path", () => {
  expect(lastOfPath("/products/A%2FB")).toBe("A/B");
  expect(lastOfPath("/products/A%252FB")).toBe("A%2FB");
  expect(lastOfPath("/products/100%")).toBe("100%");
});
