import { act, renderHook } from "@testing-library/react";
import { expect, test } from "vitest";

import { usePreference } from "./usePreference";

test("a preference is stored for the next visit", () => {
  const first = renderHook(() => usePreference("columns", ["name"]));
  act(() => {
    first.result.current[1](["name", "category"]);
  });

  const second = renderHook(() => usePreference("columns", ["name"]));

  expect(second.result.current[0]).toEqual(["name", "category"]);
});

test.each(["{broken", '"text"', "{}", "null"])(
  "the stored value %s is not a list, so the default is used",
  (stored) => {
    localStorage.setItem("inventory.columns", stored);

    expect(renderHook(() => usePreference("columns", ["name"])).result.current[0]).toEqual(["name"]);
  },
);
