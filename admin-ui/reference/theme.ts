import type { RedocRawOptions } from "redoc";

type Theme = NonNullable<RedocRawOptions["theme"]>;

const FONT = "'Open Sans', 'Helvetica Neue', Roboto, Arial, sans-serif";
const CODE_FONT = "Monaco, Menlo, Consolas, 'Courier Prime', Courier, 'Courier New', monospace";

// The colors of the admin page, so that both look like one. Each text has a contrast of at least 4.5 to 1.
const LIGHT = {
  page: "#ffffff",
  side: "#f6f6f9",
  nested: "#f6f6f9",
  border: "#c6c6cd",
  text: "#0f141a",
  secondary: "#424650",
  link: "#0055b8",
  good: "#00802f",
  bad: "#db0000",
  code: "#0f141a",
};
const DARK: typeof LIGHT = {
  page: "#161d26",
  side: "#131920",
  nested: "#1b232d",
  border: "#424650",
  text: "#ebebf0",
  secondary: "#c6c6cd",
  link: "#75cfff",
  good: "#2bb534",
  bad: "#ff7a7a",
  code: "#0f141a",
};

/** Redoc in the colors of the admin page. */
export function themeOf(isDark: boolean): Theme {
  const color = isDark ? DARK : LIGHT;
  const isUnderlined = { textDecoration: "underline", hoverTextDecoration: "underline" };
  return {
    colors: {
      primary: { main: color.link },
      success: { main: color.good },
      error: { main: color.bad },
      text: { primary: color.text, secondary: color.secondary },
      border: { dark: color.border, light: color.border },
      responses: {
        success: { color: color.good, backgroundColor: color.nested, tabTextColor: "#7fe08c" },
        error: { color: color.bad, backgroundColor: color.nested, tabTextColor: "#ff9d9d" },
        redirect: { color: color.secondary, backgroundColor: color.nested, tabTextColor: "#ffdf80" },
        info: { color: color.link, backgroundColor: color.nested, tabTextColor: "#8fd3ff" },
      },
      http: { get: "#00802f", post: "#0058bb", put: "#8a4b00", patch: "#8a4b00", delete: "#c00000" },
    },
    schema: {
      nestedBackground: color.nested,
      typeNameColor: color.secondary,
      typeTitleColor: color.secondary,
      requireLabelColor: color.bad,
      linesColor: color.border,
      arrow: { color: color.secondary },
    },
    typography: {
      fontFamily: FONT,
      headings: { fontFamily: FONT },
      code: { fontFamily: CODE_FONT, color: color.text, backgroundColor: color.nested },
      links: { color: color.link, visited: color.link, hover: color.link, ...isUnderlined },
    },
    sidebar: { backgroundColor: color.side, textColor: color.text, activeTextColor: color.link },
    rightPanel: {
      backgroundColor: "#232b37",
      servers: { overlay: { backgroundColor: color.page, textColor: color.text } },
    },
    codeBlock: { backgroundColor: color.code },
  };
}
