import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { ApiProblem } from "@/api/client/problem";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { PartTable } from "./PartTable";

const refused = new ApiProblem({ status: 403, code: "FORBIDDEN", title: "", detail: "" });
const refetch = () => Promise.reject(refused);

function show(items: readonly string[]) {
  renderWithProviders(
    <PartTable
      title="Pans"
      all={{ to: "/pans", label: "All pans" }}
      query={{
        isPending: false,
        isError: true,
        isRefetchError: true,
        error: refused,
        dataUpdatedAt: Date.now(),
        refetch,
      }}
      items={items}
      trackBy={(item) => item}
      columns={[{ id: "name", header: "Name", cell: (item) => item }]}
      none="No pans"
    />,
    () => Response.error(),
  );
}

test("entries that could not be read again stay, and say so", () => {
  show(["Wok"]);

  screen.getByRole("cell", { name: "Wok" });
  screen.getByText(/^As of .* failed: You are not allowed to do this\.$/);
});

test("nothing that could not be read again is an error, not an empty list", () => {
  show([]);

  expect(screen.queryByText("No pans")).toBeNull();
  screen.getByText("You are not allowed to do this");
});
