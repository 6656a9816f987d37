import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter, useLocation } from "react-router";
import { expect, test } from "vitest";

import { anyText, oneOf, readFields, useUrlState, writeFields } from "./useUrlState";

const FIELDS = { search: anyText, status: oneOf(["LOW_STOCK", "OUT_OF_STOCK"], ""), order: oneOf(["desc"], "asc") };

const address = (query: string) => new URLSearchParams(query);

test("the fields are read from the address", () => {
  expect(readFields(address("search=tea+kettle&status=LOW_STOCK"), FIELDS)).toEqual({
    search: "tea kettle",
    status: "LOW_STOCK",
    order: "asc",
  });
});

test("an invalid value is read as the default", () => {
  expect(readFields(address("status=EVERYTHING&order=sideways"), FIELDS)).toMatchObject({ status: "", order: "asc" });
});

test("a change keeps the other parameters and leaves out defaults", () => {
  const changed = writeFields(address("search=tea&status=LOW_STOCK&other=1"), FIELDS, { status: "", order: "desc" });

  expect(changed.toString()).toBe("search=tea&other=1&order=desc");
});

test("a change is written to the address and read from it", () => {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <MemoryRouter initialEntries={["/stock?search=tea"]}>{children}</MemoryRouter>
  );
  const view = renderHook(() => ({ state: useUrlState(FIELDS), location: useLocation() }), { wrapper });

  act(() => {
    view.result.current.state[1]({ status: "OUT_OF_STOCK" });
  });

  expect(view.result.current.location.search).toBe("?search=tea&status=OUT_OF_STOCK");
  expect(view.result.current.state[0]).toEqual({ search: "tea", status: "OUT_OF_STOCK", order: "asc" });
});
