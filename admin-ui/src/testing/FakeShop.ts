import type { Level } from "@/api/types";
import { aLevel, aMovement, anOverview } from "./factories";
import { ok, page, problem } from "./responses";

/** A shop whose calls are remembered. An API that is not reachable does what it was asked, and loses the answer. */
export class FakeShop {
  readonly levels: Level[] = [
    aLevel({ product_id: "A", name: "Tea Kettle", on_hand: 12, reserved: 2, available: 10 }),
    aLevel({ product_id: "B", name: "Pan", on_hand: 5, reserved: 0, available: 5 }),
  ];
  readonly adjustments = new Map<string, unknown>();
  readonly files = new Map<string, { query: URLSearchParams; csv: string }>();
  lostAnswers = 0;
  importErrors: object[] = [];
  /** How many pages of the ledger are newer than what a count changed. */
  newerPages = 0;

  readonly respond = async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url);
    const product_id = searchParams.get("product_id");
    const level = this.levels.find((one) => one.product_id === product_id);
    switch (pathname) {
      case "/admin/overview":
        return ok(anOverview({}));
      case "/admin/levels":
        return level ? page([level]) : problem(404, "PRODUCT_NOT_FOUND");
      case "/admin/level/adjustments": {
        const body: unknown = await request.json();
        this.adjustments.set(request.headers.get("Idempotency-Key") ?? "", body);
        return this.answered(ok(level));
      }
      case "/admin/imports":
        this.files.set(request.headers.get("Idempotency-Key") ?? "", {
          query: searchParams,
          csv: await request.text(),
        });
        return this.answered(ok({ import_id: "7" }));
      case "/admin/imports/7":
        return ok({
          import_id: "7",
          status: "DONE",
          done: 2,
          changed: 1,
          errors: this.importErrors,
          submitted_at: "2026-11-27T04:10:00.000Z",
        });
      case "/admin/movements": {
        const [file] = this.files.values();
        const pages = Number(searchParams.get("cursor") ?? 0);
        if (pages < this.newerPages) {
          return page([aMovement({ moved_at: "2026-11-27T04:11:00.000Z" })], String(pages + 1));
        }
        const counted = { kind: "COUNTED", reference: file?.query.get("reference") ?? null, delta: -2 } as const;
        return page(product_id === "A" ? [aMovement({ ...counted, moved_at: "2026-11-27T04:10:01.000Z" })] : []);
      }
      default:
        return problem(404, "ROUTE_NOT_FOUND");
    }
  };

  private answered(response: Response): Response {
    return this.lostAnswers-- > 0 ? new Response("", { status: 502 }) : response;
  }
}
