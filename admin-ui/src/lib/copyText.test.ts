import { afterEach, expect, test, vi } from "vitest";

import { copyText } from "./copyText";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("the browser gets the text at once, although it comes later", async () => {
  const written: Record<string, Promise<Blob>>[] = [];
  vi.stubGlobal(
    "ClipboardItem",
    class {
      constructor(readonly content: Record<string, Promise<Blob>>) {}
    },
  );
  vi.stubGlobal("navigator", {
    clipboard: {
      write: ([item]: { content: Record<string, Promise<Blob>> }[]) => {
        if (item) written.push(item.content);
        return Promise.resolve();
      },
    },
  });
  let come: (text: string) => void = () => undefined;

  const copying = copyText(new Promise((resolve) => (come = resolve)));
  expect(written).toHaveLength(1); // in the moment of the click
  come("the story");
  await copying;

  const content = await written[0]?.["text/plain"];
  expect(await content?.text()).toBe("the story");
});

test("a browser that cannot wait gets the text when it is there", async () => {
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal("ClipboardItem", undefined);
  vi.stubGlobal("navigator", { clipboard: { writeText } });

  await copyText(Promise.resolve("the story"));

  expect(writeText).toHaveBeenCalledWith("the story");
});
