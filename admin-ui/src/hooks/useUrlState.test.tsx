import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter, useLocation } from "react-router";
import { expect, test } from "vitest";

import { anyText, oneOf, readFields, useUrlState, writeFields } from "./useUrlState";

const FIELDS = { search: anyText, status: oneOf(["LOW_STOCK", "OUT_OF_STOCK"], ""), order: oneOf(["desc"], "asc") };

const address = (query: string) => new URLSearchParams(query);

test("an address is read field by field", () => {
  expect(readFields(address("search=tea+kettle&status=LOW_STOCK"), FIELDS)).toEqual({
    search: "tea kettle",
    status: "LOW_STOCK",
    order: "asc",
  });
});

test("what is not valid in an address reads as if it was not there", () => {
  expect(readFields(address("status=EVERYTHING&order=sideways"), FIELDS)).toMatchObject({ status: "", order: "asc" });
});

test("a change keeps the rest of the address and leaves out what stands anyhow", () => {
  const changed = writeFields(address("search=tea&status=LOW_STOCK&other=1"), FIELDS, { status: "", order: "desc" });

  expect(changed.toString()).toBe("search=tea&other=1&order=desc");
});

test("what is set in one view is what its link opens", () => {
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
