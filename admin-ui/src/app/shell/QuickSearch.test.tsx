import { fireEvent, screen, waitFor } from "@testing-library/react";
import { useLocation } from "react-router";
import { expect, test } from "vitest";

import { aLevel, aReservation, aTimelineEntry, searchResults } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { ok, page, problem } from "@/testing/responses";
import QuickSearch from "./QuickSearch";

function Address() {
  const { pathname, search } = useLocation();
  return <output>{pathname + search}</output>;
}

function rendered(answer: (request: Request) => Response | Promise<Response>) {
  const asked: (string | null)[] = [];
  renderWithProviders(
    <>
      <QuickSearch />
      <Address />
    </>,
    (request) => {
      asked.push(new URL(request.url).searchParams.get("query"));
      return answer(request);
    },
  );
  const field = screen.getByRole("combobox", { name: "Find a product, order or customer" });
  field.focus();
  return {
    asked,
    type: (value: string) => fireEvent.change(field, { target: { value } }),
    press: (key: string, keyCode: number) => fireEvent.keyDown(field, { key, keyCode }),
  };
}

const enter = ["Enter", 13] as const;
const down = ["ArrowDown", 40] as const;
const found = () =>
  ok(
    searchResults({ levels: [aLevel()], reservations: [aReservation({ reservation_id: "KIT-1", order_id: "1001" })] }),
  );

test("what was found is suggested by kind, after a pause, with one call", async () => {
  const { asked, type } = rendered(found);

  for (const typed of ["k", "ki", "kit"]) type(typed);

  await screen.findByRole("option", { name: /Tea Kettle/ });
  screen.getByText("Products");
  screen.getByRole("option", { name: /KIT-1.*Held · order 1001/ });
  expect(asked).toEqual(["kit"]);
});

test("one character is not sent, and the field says why", () => {
  const { asked, type, press } = rendered(found);

  type("k");
  screen.getByText("Enter at least 2 characters.");
  press(...enter);

  expect(asked).toEqual([]);
});

test("Enter goes to what has exactly this id, without waiting for the suggestions", async () => {
  const { type, press } = rendered(found);

  type("kit-1");
  press(...enter);

  await waitFor(() => expect(screen.getByRole("status").textContent).toBe("/reservation?reservation_id=KIT-1"));
});

test("Enter leads to all results if there is no exact one", async () => {
  const { type, press } = rendered(found);

  type("kit");
  press(...enter);

  await waitFor(() => expect(screen.getByRole("status").textContent).toBe("/search?query=kit"));
});

test("a suggestion is chosen with the keyboard", async () => {
  const { type, press } = rendered(found);
  type("kit");
  await screen.findByRole("option", { name: /Tea Kettle/ });

  press(...down); // the search itself
  press(...down);
  press(...enter);

  await waitFor(() => expect(screen.getByRole("status").textContent).toBe("/product?product_id=KIT-0001"));
});

test("if the search fails, Enter leads to the page that says why", async () => {
  const { type, press } = rendered(() => problem(403, "FORBIDDEN"));

  type("kit");
  press(...enter);

  await waitFor(() => expect(screen.getByRole("status").textContent).toBe("/search?query=kit"));
});

test("an answer that comes after the user typed something else leads nowhere", async () => {
  const answers: ((answer: Response) => void)[] = [];
  const { type, press } = rendered(() => new Promise((resolve) => answers.push(resolve)));

  type("kit-1");
  press(...enter);
  await waitFor(() => expect(answers).toHaveLength(1));
  type("pan");
  answers[0]?.(found());
  await waitFor(() => expect(answers).toHaveLength(2)); // the suggestions for the new text

  expect(screen.getByRole("status").textContent).toBe("/");
  expect(screen.getByRole("combobox").getAttribute("value")).toBe("pan");
});

test.each([
  [
    "the timeline of a customer whose results are behind those of others",
    [aTimelineEntry()],
    "/timeline?customer_id=17",
  ],
  ["all results if there is no such customer", [], "/search?query=17"],
])("Enter leads to %s", async (_, timeline, address) => {
  const others = [171, 172].map((id) => aReservation({ reservation_id: `order-${id}`, customer_id: String(id) }));
  const { type, press } = rendered(({ url }) =>
    url.includes("/admin/timeline?customer_id=17")
      ? page(timeline)
      : ok(searchResults({ reservations: others, cursor: "more" })),
  );

  type("17");
  press(...enter);

  await waitFor(() => expect(screen.getByRole("status").textContent).toBe(address));
});
