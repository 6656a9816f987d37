import { expect, test } from "vitest";

import { errorOfReason, isErrorOfNote, NO_REASON, readReason, reasonText } from "./reason";

test("the ledger gets the usual reason, and the note behind it", () => {
  expect(reasonText({ ...NO_REASON, reason: "damaged" })).toBe("damaged");
  expect(reasonText({ ...NO_REASON, reason: "damaged", note: " fell off the shelf " })).toBe(
    "damaged: fell off the shelf",
  );
  expect(reasonText({ ...NO_REASON, note: "fell off the shelf" })).toBe("fell off the shelf");
});

test("a change needs a reason or a note, and another reason needs a note", () => {
  expect(errorOfReason(NO_REASON)).toBeDefined();
  expect(errorOfReason({ ...NO_REASON, reason: "other" })).toBeDefined();
  expect(errorOfReason({ ...NO_REASON, reason: "other", note: "a gift" })).toBeUndefined();
});

test.each([
  [NO_REASON, false],
  [{ ...NO_REASON, reason: "other" }, true],
  [{ ...NO_REASON, reason: "damaged", note: "fell\u200B" }, true],
] as const)("the error of %j is at its note: %s", (given, isAtNote) => {
  expect(errorOfReason(given)).toBeDefined();
  expect(isErrorOfNote(given)).toBe(isAtNote);
});

test("a reference is left out if there is none", () => {
  expect(readReason({ reason: "received", note: "", reference: " LS 7 " })).toEqual({
    reason: "received",
    reference: "LS 7",
  });
  expect(readReason({ reason: "received", note: "", reference: "" })).toEqual({ reason: "received" });
});
