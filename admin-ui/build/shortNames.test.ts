import { describe, expect, it } from "vitest";

import { namesIn, shortened, themedBy, withoutFallbacks } from "./shortNames.ts";

const STYLES = `
  body { --color-text-7v1jfn: #000; --space-xxs-3o1yoq: 4px; }
  .awsui_root_18582_1ltj9_145, .awsui_root_18582_1ltj9_145.awsui_root-wide_18582_1ltj9_150 { color: var(--color-text-7v1jfn, #111); }
  :root { --awsui-version-info-543205d7: true; }`;
const NAMES = namesIn(STYLES);

describe("short names", () => {
  it("replace classes and properties in styles and scripts alike", () => {
    const style = ".awsui_root_18582_1ltj9_145{color:var(--color-text-7v1jfn)}";
    const script = 'export default {"root": "awsui_root_18582_1ltj9_145"}; const color = "var(--color-text-7v1jfn)";';

    expect(shortened(style, NAMES)).toBe(".c0{color:var(--0)}");
    expect(shortened(script, NAMES)).toBe('export default {"root": "c0"}; const color = "var(--0)";');
  });

  it("replace whole names only", () => {
    const longer = ".awsui_root_18582_1ltj9_1456{color:var(--color-text-7v1jfn-hover)}";

    expect(shortened(longer, NAMES)).toBe(longer);
  });

  it("are different for each name", () => {
    expect(new Set(NAMES.values()).size).toBe(NAMES.size);
  });

  it.each(["--awsui-version-info-543205d7", "awsui_other", ".awsui-dark-mode", "__awsui__"])("leave %s", (name) => {
    expect(shortened(name, NAMES)).toBe(name);
  });
});

describe("fallbacks", () => {
  const themed = themedBy(STYLES);

  it.each([
    ["var(--color-text-7v1jfn, #111)", "var(--color-text-7v1jfn)"],
    ["calc(1px + var(--space-xxs-3o1yoq, calc(2 * (1px + 1px))))", "calc(1px + var(--space-xxs-3o1yoq))"],
    ["var(--own, var(--color-text-7v1jfn, #111)) 1px", "var(--own, var(--color-text-7v1jfn)) 1px"],
  ])("of a property that the theme sets are left out: %s", (value, short) => {
    expect(withoutFallbacks(value, themed)).toBe(short);
  });

  it("of another property stay", () => {
    expect(withoutFallbacks("var(--own, 1px)", themed)).toBe("var(--own, 1px)");
  });
});
