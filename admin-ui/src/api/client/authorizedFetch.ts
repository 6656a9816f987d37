import type { Connection } from "./connection";
import { ApiProblem } from "./problem";

/** Who the calls are made for. */
export interface Credentials {
  /** An id token; null when the session has ended. `renew` asks for a new one, whatever is left of the old. */
  idToken(renew?: boolean): Promise<string | null>;
  /** The session has ended; resolves when its user has signed in again. */
  signedInAgain(): Promise<void>;
}

type Send = (request: Request) => Promise<Response>;

const TIMEOUT_MS = 30_000; // API Gateway gives up after 29 seconds

/**
 * A fetch that signs its calls and throws an ApiProblem for whatever is not a success.
 *
 * A token that is refused is renewed once. When that does not help the session has ended, and the call waits until
 * its user has signed in again, so that whatever they were doing goes on.
 */
export function authorizedFetch(credentials: Credentials, connection: Connection, send: Send = fetch): Send {
  async function sendAs(request: Request, token: string): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.set("Authorization", token);
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await send(new Request(request.clone(), { headers, signal, cache: "no-store" }));
    return response;
  }

  async function answerTo(request: Request): Promise<Response> {
    for (;;) {
      for (const renew of [false, true]) {
        const token = await credentials.idToken(renew);
        if (token === null) break;
        const response = await sendAs(request, token);
        if (response.status !== 401) return response;
      }
      await credentials.signedInAgain();
    }
  }

  return async (request) => {
    let response: Response;
    try {
      response = await answerTo(request);
    } catch (error) {
      if (request.signal.aborted) throw error; // nobody waits for it any more
      connection.found(false);
      throw ApiProblem.offline("The API did not answer.");
    }
    const problem = response.ok ? null : await ApiProblem.from(response);
    connection.found(!problem?.isOffline);
    if (problem) throw problem;
    return response;
  };
}
