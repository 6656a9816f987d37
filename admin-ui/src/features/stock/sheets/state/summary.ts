import type { TextValues } from "@/i18n/text";
import { formatDelta } from "@/lib/formats";
import { deltaOf, type Line, type Sheet } from "./sheet";

/** What a sheet does, or did, in figures. */
export interface Summary {
  readonly lines: number;
  /** Lines that change nothing, have fewer units than the books, or more. */
  readonly agreed: number;
  readonly fewer: number;
  readonly more: number;
  /** The sum of all changes. */
  readonly units: number;
  readonly refused: number;
}

/** What a sheet will do, as far as it is known. */
export function expectedOf(sheet: Sheet): Summary {
  const known = sheet.lines.filter(({ level }) => level !== null);
  return summaryOf(known, (line) => deltaOf(sheet, line), sheet.lines.length - known.length);
}

/** What a sheet did. */
export function resultOf({ lines }: Sheet): Summary {
  const isApplied = ({ outcome }: Line) => outcome !== undefined && "delta" in outcome;
  const applied = lines.filter(isApplied);
  return summaryOf(
    applied,
    ({ outcome }) => (outcome && "delta" in outcome ? outcome.delta : null),
    lines.length - applied.length,
  );
}

/** The values of a sentence about a sheet. */
export function valuesOf(summary: Summary): TextValues {
  return { ...summary, units: formatDelta(summary.units) };
}

/** How many levels with units are set to 0. */
export function zerosOf({ kind, lines }: Sheet): number {
  return kind === "count" ? lines.filter(({ quantity, books }) => quantity === 0 && (books ?? 0) > 0).length : 0;
}

/** Whether a line leaves fewer units than are promised to customers: it will be refused. */
export function isBelowReserved(sheet: Sheet, line: Line): boolean {
  const delta = deltaOf(sheet, line);
  return line.level !== null && delta !== null && delta < 0 && line.level.available + delta < 0;
}

function summaryOf(lines: readonly Line[], deltaOf: (line: Line) => number | null, refused: number): Summary {
  const deltas = lines.map(deltaOf).filter((delta) => delta !== null); // one that is not known is neither
  const count = (matches: (delta: number) => boolean) => deltas.filter(matches).length;
  return {
    lines: lines.length,
    agreed: count((delta) => delta === 0),
    fewer: count((delta) => delta < 0),
    more: count((delta) => delta > 0),
    units: deltas.reduce((sum, delta) => sum + delta, 0),
    refused,
  };
}
