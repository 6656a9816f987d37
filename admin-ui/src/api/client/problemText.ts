import { text } from "@/i18n/text";
import { ApiProblem } from "./problem";

/** A title for an error, in the page's language. */
export function problemTitle(error: unknown): string {
  if (!(error instanceof ApiProblem)) return text("problem.other");
  switch (error.code) {
    case "OFFLINE":
      return text("problem.offline");
    case "BUSY":
    case "TOO_MANY_REQUESTS":
      return text("problem.busy");
    case "FORBIDDEN":
      return text("problem.forbidden");
    case "VALIDATION_FAILED":
      return text("problem.validation");
    case "PRODUCT_NOT_FOUND":
    case "LEVEL_NOT_FOUND":
    case "RESERVATION_NOT_FOUND":
    case "IMPORT_NOT_FOUND":
    case "EXPORT_NOT_FOUND":
    case "PAYMENT_NOT_FOUND":
    case "ROUTE_NOT_FOUND":
      return text("problem.not_found");
    case "VERSION_CONFLICT":
      return text("problem.version_conflict");
    case "BELOW_RESERVED":
      return text("problem.below_reserved");
    case "NOT_EMPTY":
      return text("problem.not_empty");
    case "SHARDS_CHANGING":
      return text("problem.shards_changing");
    case "READ_MODEL_MISSING":
      return text("read_model.missing");
    case "REFUND_CONFLICT":
      return text("problem.refund_conflict");
    default:
      return text("problem.other");
  }
}

/** The error's own message, as a sentence. */
export function problemDetail(error: unknown): string {
  if (error instanceof ApiProblem && error.isReadModelMissing) return text("read_model.missing.what");
  const detail = error instanceof Error ? error.message : String(error);
  const sentence = detail.charAt(0).toUpperCase() + detail.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
