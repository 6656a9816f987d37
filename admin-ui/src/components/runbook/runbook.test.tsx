import { readFileSync } from "node:fs";

import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderWithProviders } from "@/testing/renderWithProviders";
import { RunbookLink } from "./RunbookLink";
import { inlineOf, sectionOf } from "./sections";

test("every alarm has a section of the manual", () => {
  const template = readFileSync("../monitoring.template.yaml", "utf8");
  const anchors = [...template.matchAll(/Runbook:\s+docs\/operations\.md#([\w-]+)/g)].map(([, anchor = ""]) => anchor);

  expect(anchors.length).toBeGreaterThan(20);
  expect(anchors.filter((anchor) => (sectionOf(anchor)?.blocks.length ?? 0) === 0)).toEqual([]);
});

test("a section ends at the next one, and its commands are kept as they are", () => {
  const manual = "## One\n\nfirst\nsecond\n\n```sh\n# a comment\n\nls\n```\n\n### Part\n\n| a |\n\n## Two\n\nthird\n";

  expect(sectionOf("one", manual)).toEqual({
    title: "One",
    blocks: [
      { isCode: false, text: "first\nsecond" },
      { isCode: true, text: "# a comment\n\nls" },
      { isCode: false, text: "Part" },
      { isCode: true, text: "| a |" },
    ],
  });
  expect(sectionOf("three", manual)).toBeNull();
});

test("a paragraph has its links, and no marks", () => {
  expect(inlineOf("**Look** at\n[drift](#stock-drift).")).toEqual([
    { text: "Look at " },
    { text: "drift", target: "#stock-drift" },
    { text: "." },
  ]);
});

test("what to do about an alarm is shown, with the sections to which it leads", async () => {
  renderWithProviders(<RunbookLink runbook="docs/operations.md#throttled-executions" />, () => new Response());

  fireEvent.click(screen.getByRole("button", { name: "What to do" }));

  await screen.findByText(/Step Functions throttles this account/);
  fireEvent.click(screen.getByRole("button", { name: "quotas" }));
  await screen.findByRole("heading", { name: "Before a big day" });
  fireEvent.click(screen.getByRole("button", { name: "Back to Throttled executions" }));
  await screen.findByText(/Step Functions throttles this account/);
});

test("the runbook of an alarm that others have added is named", () => {
  renderWithProviders(<RunbookLink runbook="https://wiki.example/disk" />, () => new Response());

  screen.getByText("What to do: https://wiki.example/disk");
});
