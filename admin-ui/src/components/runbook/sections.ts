import operations from "../../../../docs/operations.md?raw";

/** A section of the operations manual: its title, and its paragraphs and blocks of code in order. */
export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface Block {
  /** Commands and tables are shown as they are written. */
  readonly isCode: boolean;
  readonly text: string;
}

const HEADING = /^(#+) (.+)$/;

/** The section of docs/operations.md with this anchor; null if there is none. */
export function sectionOf(anchor: string, document = operations): Section | null {
  const lines = document.split("\n");
  const begin = lines.findIndex((line) => anchorOf(line) === anchor);
  const [, marks = "", title = ""] = HEADING.exec(lines[begin] ?? "") ?? [];
  if (title === "") return null;
  const blocks: Block[] = [];
  let block: string[] = [];
  let isCode = false;
  const close = () => {
    const text = block.join("\n");
    if (text.trim() !== "") blocks.push({ isCode: isCode || text.startsWith("|"), text });
    block = [];
  };
  for (const line of lines.slice(begin + 1)) {
    const level = isCode ? undefined : HEADING.exec(line)?.[1];
    if (level && level.length <= marks.length) break;
    if (line.startsWith("```")) {
      close();
      isCode = !isCode;
    } else if (line === "" && !isCode) close();
    else block.push(level ? line.replace(HEADING, "$2") : line);
  }
  close();
  return { title, blocks };
}

/** A paragraph as texts and links, such as "see [one hot product](#one-hot-product)". */
export function inlineOf(paragraph: string): readonly { readonly text: string; readonly target?: string }[] {
  const plain = paragraph.replaceAll("**", "").replaceAll(/(?<=\S)\n(?![-\d])/g, " ");
  return plain
    .split(/(\[[^\]]+\]\([^)]+\))/)
    .filter((part) => part !== "")
    .map((part) => {
      const [, text, target] = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part) ?? [];
      return text === undefined ? { text: part } : { text, target };
    });
}

/** The anchor of a heading, as GitHub makes it. */
function anchorOf(line: string): string | null {
  const [, , title] = HEADING.exec(line) ?? [];
  return title === undefined
    ? null
    : title
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, "")
        .replaceAll(" ", "-");
}
