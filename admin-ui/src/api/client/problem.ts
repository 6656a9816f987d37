import type { FieldError, Level, Problem } from "../types";

/** `OFFLINE`: there was no response. `UNKNOWN`: the response did not come from the API. */
export type ProblemCode = Problem["code"] | "OFFLINE" | "UNKNOWN";

/** A call that failed: a problem document of the API (RFC 9457), or no usable response at all. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  /** 0 when there was no response. */
  readonly status: number;
  readonly code: ProblemCode;
  readonly title: string;
  /** One sentence for the user, in English, as the API wrote it. */
  readonly detail: string;
  /** With VALIDATION_FAILED: the invalid fields. */
  readonly errors: readonly FieldError[];
  /** With VERSION_CONFLICT: the current level; null if it does not exist. */
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

  /** There was no response, so it is unknown whether a change was made. */
  static offline(detail: string, status = 0): ApiProblem {
    return new ApiProblem({ status, code: "OFFLINE", title: "Offline", detail });
  }

  /** Read a response that is not a success. */
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

  /** Whether the same call may succeed in a moment. */
  get isTransient(): boolean {
    return this.isOffline || this.code === "BUSY" || this.code === "TOO_MANY_REQUESTS" || this.status >= 500;
  }

  /** Whether the list cannot be sorted or searched, because the read model is being built. */
  get isReadModelMissing(): boolean {
    return this.code === "READ_MODEL_MISSING";
  }

  /** Whether the object of a read does not exist. An id that is not valid cannot exist; the API refuses it with 400. */
  get isNotFound(): boolean {
    return this.status === 404 || this.code === "VALIDATION_FAILED";
  }

  /** Whether the object of a change does not exist any more. */
  get isGone(): boolean {
    return this.status === 404 || (this.code === "VERSION_CONFLICT" && this.current === null);
  }

  /** The message about one field of the request, if that field is invalid. */
  messageFor(field: string): string | undefined {
    return this.errors.find((error) => error.field === field)?.message;
  }
}

// A proxy's response when the API behind it does not respond. The API's own 503 is a problem document.
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
