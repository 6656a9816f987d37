import type { FieldError, Level, Problem } from "../types";

/** `OFFLINE`: nobody answered. `UNKNOWN`: somebody answered who is not the API. */
export type ProblemCode = Problem["code"] | "OFFLINE" | "UNKNOWN";

/** Why a call did not do what it was asked for. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  /** 0 when there was no answer. */
  readonly status: number;
  readonly code: ProblemCode;
  readonly title: string;
  /** One sentence for people, in English as the API says it. */
  readonly detail: string;
  /** With VALIDATION_FAILED, everything that is wrong. */
  readonly errors: readonly FieldError[];
  /** With VERSION_CONFLICT, the level as it is now; null when there is none. */
  readonly current: Level | null;

  constructor(problem: Pick<ApiProblem, "status" | "code" | "title" | "detail"> & Partial<ApiProblem>) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.errors = problem.errors ?? [];
    this.current = problem.current ?? null;
  }

  /** Nobody could be asked, so nothing was refused. Whether a change was made is not known. */
  static offline(detail: string, status = 0): ApiProblem {
    return new ApiProblem({ status, code: "OFFLINE", title: "Offline", detail });
  }

  /** Read an answer that is not a success. */
  static async from(response: Response): Promise<ApiProblem> {
    const problem = await problemOf(response);
    if (problem) return new ApiProblem({ ...problem, current: (problem.current ?? null) as Level | null });
    if (GATEWAY_FAILURES.has(response.status)) {
      return ApiProblem.offline(`The API answered ${response.status}.`, response.status);
    }
    return new ApiProblem({
      status: response.status,
      code: "UNKNOWN",
      title: response.statusText,
      detail: `The API answered ${response.status}.`,
    });
  }

  get isOffline(): boolean {
    return this.code === "OFFLINE";
  }

  /** The same call may succeed in a moment. */
  get isPassing(): boolean {
    return this.isOffline || this.code === "BUSY" || this.code === "TOO_MANY_REQUESTS" || this.status >= 500;
  }

  /** Of a read: there is no such thing, or cannot be one, as an id of other letters is refused and not looked for. */
  get isNotFound(): boolean {
    return this.status === 404 || this.code === "VALIDATION_FAILED";
  }

  /** What is wrong with a field of the request, if anything. */
  of(field: string): string | undefined {
    return this.errors.find((error) => error.field === field)?.message;
  }
}

// What a proxy says when the API behind it does not answer. The API's own 503 is a problem document.
const GATEWAY_FAILURES = new Set([502, 503, 504]);

async function problemOf(response: Response): Promise<Problem | null> {
  if (!response.headers.get("Content-Type")?.includes("json")) return null;
  try {
    const body: unknown = await response.json();
    return isProblem(body) ? body : null;
  } catch {
    return null;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}
