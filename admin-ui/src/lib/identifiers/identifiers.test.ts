import { expect, test } from "vitest";

import { cutTo, hasLength, isIdentifier, isTooShort, normalized, refusedCharacter } from "./identifiers";

test.each([
  "KIT-0001",
  "A/B",
  "50% off",
  "a+b & c #1?",
  "..",
  ".",
  "=SUM(A1)",
  "Théière",
  "茶壶",
  "🫖",
  "❤️",
  "%2F",
  "x".repeat(128),
  "🫖".repeat(128),
])("%s is an identifier", (identifier) => {
  expect(isIdentifier(identifier)).toBe(true);
});

test.each([
  ["nothing", ""],
  ["129 characters", "x".repeat(129)],
  ["a space at the start", " A"],
  ["a letter that is not in NFC", "e\u0301"],
  ["a zero-width space", "A\u200B"],
  ["a right-to-left override", "A\u202EB"],
  ["joined emoji", "👩\u200D🍳"],
  ["a line break", "A\nB"],
  ["a paragraph separator", "A\u2029B"],
  ["half an emoji", "A\uD83E"],
  ["a private-use character", "\uE000"],
  ["a noncharacter", "\uFFFE"],
  ["the separator of the API's own keys", "A\u001FB"],
])("%s is no identifier", (_, identifier) => {
  expect(isIdentifier(identifier)).toBe(false);
});

test("what the user typed is normalized to NFC and trimmed", () => {
  expect(normalized(" The\u0301ie\u0300re ")).toBe("Théière");
});

test("a refused character is named, because nobody can see it", () => {
  expect(refusedCharacter("Kettle\u200B")).toBe("U+200B");
  expect(refusedCharacter("\u{1FFFE}")).toBe("U+1FFFE");
  expect(refusedCharacter("Théière 🫖")).toBeNull();
});

test("lengths count characters, and no character is cut in two", () => {
  expect(hasLength("🫖".repeat(200), 200)).toBe(true);
  expect(hasLength("🫖".repeat(201), 200)).toBe(false);
  expect(cutTo("🫖🫖🫖", 2)).toBe("🫖🫖");
});

test("a text that is too short is one that was begun", () => {
  expect(["", "  ", "a", " é ", "🫖", "ab", " ab "].map((text) => isTooShort(text, 2))).toEqual([
    false,
    false,
    true,
    true,
    true,
    false,
    false,
  ]);
});
