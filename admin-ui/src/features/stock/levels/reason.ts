import { TEXT_LENGTH_MAX } from "@/api/limits";
import { reasonError, referenceError } from "@/components/controls/fieldErrors";
import { text } from "@/i18n/text";
import { normalized } from "@/lib/identifiers/identifiers";

/** The usual reasons of a change. The ledger has them in English, so that they can be counted. */
export const REASONS = ["received", "count", "damaged", "theft", "return", "correction", "other"] as const;
export type UsualReason = (typeof REASONS)[number];

/** Why stock changes, and the id of what caused it. */
export interface Reason {
  /** One of the usual reasons; empty if the note says why. */
  readonly reason: UsualReason | "";
  readonly note: string;
  /** Empty for none. */
  readonly reference: string;
}

export const NO_REASON: Reason = { reason: "", note: "", reference: "" };

/** The reason as the ledger keeps it: "damaged: fell off the shelf". */
export function reasonText({ reason, note }: Reason): string {
  return [reason, normalized(note)].filter((part) => part !== "").join(": ");
}

/** The error of a reason; undefined if the API accepts it. */
export function errorOfReason(given: Reason): string | undefined {
  if (given.reason === "other" && given.note.trim() === "") return text("stock.invalid.other");
  return reasonError(reasonText(given));
}

/** Whether an error of a reason is about its note: a note is missing or not valid. */
export function isErrorOfNote({ reason, note }: Reason): boolean {
  return reason === "other" || note.trim() !== "";
}

/** The longest note that fits beside a reason. */
export function noteLengthMax({ reason }: Reason): number {
  return TEXT_LENGTH_MAX - (reason ? reason.length + 2 : 0);
}

/** The reason and the reference as the API takes them; null while one of them is not valid. */
export function readReason(given: Reason): { reason: string; reference?: string } | null {
  if (errorOfReason(given) ?? referenceError(given.reference)) return null;
  const id = normalized(given.reference);
  return { reason: reasonText(given), ...(id && { reference: id }) };
}
