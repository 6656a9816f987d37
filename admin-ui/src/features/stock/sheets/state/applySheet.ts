import { hasEnded as hasImportEnded, readImport } from "@/api/catalogue/getImport";
import { importCatalogue } from "@/api/catalogue/importCatalogue";
import type { Api } from "@/api/client/client";
import { ApiProblem } from "@/api/client/problem";
import { problemDetail } from "@/api/client/problemText";
import { adjustLevel } from "@/api/levels/adjustLevel";
import { readMovements } from "@/api/movements/listMovements";
import type { Import } from "@/api/types";
import { text } from "@/i18n/text";
import { mapWithConcurrency } from "@/lib/concurrency/mapWithConcurrency";
import { pause } from "@/lib/pause";
import { countFile, isCounted } from "./countFile";
import { type Line, type Outcome, type Run, type Sheet, withLine } from "./sheet";
import type { UpdateSheet } from "./useStoredSheet";

const PROGRESS_MS = 1_000;
const PAUSE_MS_MAX = 15_000;
const LEDGER_PAGES_MAX = 20; // of a product that is sold all the time

/** The sheet from the moment at which it is applied. Lines without a level are refused at once. */
export function begun(sheet: Sheet, content: Run["content"]): Sheet {
  const unknown = text("sheet.unknown", { warehouse_id: sheet.warehouse_id });
  const lines = sheet.lines.map((line) =>
    isCounted(line) ? line : { ...line, outcome: { refused: line.unreadable ?? unknown } },
  );
  const counted = lines.filter(isCounted);
  if (sheet.kind === "receive" || counted.length === 0) return { ...sheet, lines, run: { content } };
  const product_ids = counted.map(({ product_id }) => product_id);
  const file = { csv: countFile(counted), product_ids, idempotency_key: sheet.id }; // a sheet is applied once
  return { ...sheet, lines, run: { content, file } };
}

/**
 * Apply what is not decided yet, until it is, or until the page is closed. What is lost on the way is sent again.
 *
 * Every call has a key that was stored before it was sent: after a reload, or in a second tab, nothing happens twice.
 */
export async function applySheet(api: Api, sheet: Sheet, update: UpdateSheet, signal: AbortSignal): Promise<void> {
  const { run } = sheet;
  if (run === null) return;
  const decide: Decide = (product_id, outcome) => {
    if (signal.aborted) return;
    update((now) => (now.id === sheet.id ? withLine(now, product_id, (line) => ({ ...line, outcome })) : now));
  };
  const pending = sheet.lines.filter(({ outcome }) => outcome === undefined);
  if (pending.length === 0) return;
  if (run.file) await applyCount(api, { sheet, run, file: run.file, pending, decide, signal });
  else await applyDelivery(api, { sheet, run, pending, decide, signal });
}

type Decide = (product_id: string, outcome: Outcome) => void;

interface Application {
  readonly sheet: Sheet;
  readonly run: Run;
  readonly pending: readonly Line[];
  readonly decide: Decide;
  readonly signal: AbortSignal;
}

async function applyDelivery(api: Api, { sheet, run, pending, decide, signal }: Application): Promise<void> {
  await mapWithConcurrency(
    pending,
    ({ product_id, quantity, idempotency_key }) =>
      untilAnswered(
        () =>
          adjustLevel(api, {
            key: { product_id, warehouse_id: sheet.warehouse_id },
            content: { delta: quantity, ...run.content },
            idempotency_key,
          }),
        signal,
      ),
    ({ product_id, quantity }, settled) => {
      decide(product_id, "done" in settled ? { delta: quantity } : { refused: problemDetail(settled.error) });
    },
  );
}

type CountApplication = Application & { readonly file: NonNullable<Run["file"]> };

async function applyCount(api: Api, application: CountApplication): Promise<void> {
  const { pending, decide } = application;
  try {
    const report = await imported(api, application);
    const refusals = refusalsOf(report, application);
    await mapWithConcurrency(
      pending,
      async (line): Promise<Outcome> => {
        const refused = refusals(line.product_id);
        return refused ? { refused } : { delta: await changeOf(api, line, report, application) };
      },
      ({ product_id }, settled) => {
        // A change that cannot be read is applied all the same.
        decide(product_id, "done" in settled ? settled.done : { delta: null });
      },
    );
  } catch (error) {
    for (const { product_id } of pending) decide(product_id, { refused: problemDetail(error) });
  }
}

/** Import the file of a count, and return its final report. */
async function imported(api: Api, { run, file, signal }: CountApplication): Promise<Import> {
  const content = new File([file.csv], "count.csv", { type: "text/csv" });
  const { import_id } = await untilAnswered(
    () =>
      importCatalogue(api, {
        file: content,
        mode: "GOOD_ROWS",
        create: false,
        confirmsZeros: true, // the review has shown them
        idempotency_key: file.idempotency_key,
        ...run.content,
      }),
    signal,
  );
  for (;;) {
    const report = await untilAnswered(() => readImport(api, import_id, signal), signal);
    if (hasImportEnded(report) || signal.aborted) return report;
    await pause(PROGRESS_MS, signal);
  }
}

/** Why the row of a product was not applied; undefined if it was. */
function refusalsOf({ errors, status, changed, done }: Import, { file }: CountApplication) {
  const messages = new Map(errors.map(({ line, message }) => [line, message]));
  const isNothingApplied = status === "FAILED" && (done === 0 || changed === 0);
  return (product_id: string): string | undefined => {
    const row = file.product_ids.indexOf(product_id) + 2; // the first row is the header
    return messages.get(row) ?? (isNothingApplied ? (messages.get(0) ?? text("sheet.not_applied")) : undefined);
  };
}

/** How the ledger says that a count changed a level; 0 if it agreed, null if too much has moved since to find it. */
async function changeOf(
  api: Api,
  { product_id }: Line,
  { import_id, submitted_at }: Import,
  { run, sheet, signal }: CountApplication,
): Promise<number | null> {
  let change = 0;
  let cursor: string | undefined;
  for (let page = 0; page < LEDGER_PAGES_MAX; page++) {
    const read = () => readMovements(api, { product_id, ...(cursor && { cursor }) }, signal);
    const { items, cursor: next } = await untilAnswered(read, signal);
    for (const { kind, warehouse_id, reference, moved_at, delta } of items) {
      const isOfSheet = warehouse_id === sheet.warehouse_id && reference === (run.content.reference ?? import_id);
      if (kind === "COUNTED" && isOfSheet && moved_at >= submitted_at) change += delta;
    }
    if (!next || items.some(({ moved_at }) => moved_at < submitted_at)) return change;
    cursor = next;
  }
  return null;
}

/** Make a call again until the API has answered it, less and less often, or until the page is closed. */
async function untilAnswered<Result>(call: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ApiProblem && error.isTransient)) throw error;
      await pause(Math.min(1_000 * 2 ** attempt, PAUSE_MS_MAX), signal);
      if (signal.aborted) throw error;
    }
  }
}
