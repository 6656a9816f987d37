import type { Connection } from "./connection";
import { ApiProblem } from "./problem";

/** Provides the token that signs a call. */
export interface Credentials {
  /** An id token; null when the session has ended. `renew` requests a new token even if the old one is still valid. */
  idToken(renew?: boolean): Promise<string | null>;
  /** End the session. Resolves when its user has signed in again. */
  signedInAgain(): Promise<void>;
}

type Send = (request: Request) => Promise<Response>;

const TIMEOUT_MS = 30_000; // API Gateway gives up after 29 seconds

/**
 * A fetch that adds the id token and throws an ApiProblem for every response that is not a success.
 *
 * If the API rejects the token, it is renewed once. If the API rejects the new token as well, the session has ended:
 * the call waits until the user has signed in again and is then sent again, so that no work is lost.
 */
export function authorizedFetch(credentials: Credentials, connection: Connection, send: Send = fetch): Send {
  function sendAs(request: Request, token: string): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.set("Authorization", token);
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    return send(new Request(request.clone(), { headers, signal, cache: "no-store" }));
  }

  async function responseTo(request: Request): Promise<Response> {
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
      response = await responseTo(request);
    } catch (error) {
      if (request.signal.aborted) throw error; // the caller cancelled it
      connection.setOnline(false);
      throw ApiProblem.offline("The API did not answer.");
    }
    const problem = response.ok ? null : await ApiProblem.from(response);
    connection.setOnline(!problem?.isOffline);
    if (problem) throw problem;
    return response;
  };
}
