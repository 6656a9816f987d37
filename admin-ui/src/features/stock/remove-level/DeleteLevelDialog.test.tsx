import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { aLevel } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { problem } from "@/testing/responses";
import { DeleteLevelDialog } from "./DeleteLevelDialog";

const level = aLevel({ product_id: "A/B", warehouse_id: "mian", version: 7, on_hand: 0 });

function deleteWith(respond: (request: Request) => Response) {
  renderWithProviders(<DeleteLevelDialog level={level} isLast={false} onClose={() => undefined} />, respond);
  fireEvent.click(screen.getByRole("button", { name: "Delete" }));
}

test("an empty level is deleted in the version that the user saw", async () => {
  deleteWith((request) => {
    expect(new URL(request.url).search).toBe("?product_id=A%2FB&warehouse_id=mian");
    expect(request.headers.get("If-Match")).toBe('"7"');
    return new Response(null, { status: 204 });
  });

  await screen.findByText("Tea Kettle (mian) was deleted.");
});

test("a level that is gone already counts as deleted", async () => {
  deleteWith(() => problem(404, "LEVEL_NOT_FOUND"));

  await screen.findByText("Tea Kettle (mian) was deleted.");
});

test("a level that got units meanwhile is not deleted, and the user reads why", async () => {
  deleteWith(() => problem(409, "NOT_EMPTY"));

  await screen.findByText("There are still units in it");
});
