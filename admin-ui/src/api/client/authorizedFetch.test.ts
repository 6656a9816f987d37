import { expect, test } from "vitest";

import { authorizedFetch, type Credentials } from "./authorizedFetch";
import { Connection } from "./connection";
import { ApiProblem } from "./problem";

const OLD = "old token";
const NEW = "new token";

/** Credentials with an expired token. A renewal succeeds only while the session is active. */
function credentials({ isSessionActive }: { isSessionActive: boolean }) {
  let isSignedInAgain = false;
  let signIn: () => void = () => undefined;
  const held: Credentials = {
    idToken: (renew = false) =>
      Promise.resolve(isSignedInAgain || (renew && isSessionActive) ? NEW : renew ? null : OLD),
    signedInAgain: () =>
      new Promise((resolve) => {
        signIn = () => {
          isSignedInAgain = true;
          resolve();
        };
      }),
  };
  return {
    held,
    signIn: () => {
      signIn();
    },
  };
}

/** An API that accepts only the new token and returns the request's body. */
async function api(request: Request): Promise<Response> {
  const isValid = request.headers.get("Authorization") === NEW;
  return new Response(isValid ? await request.text() : "", { status: isValid ? 200 : 401 });
}

const aChange = () => new Request("http://shop.example/admin/x", { method: "POST", body: "two units" });

test("after a 401 the token is renewed once and the call is sent again with its body", async () => {
  const call = authorizedFetch(credentials({ isSessionActive: true }).held, new Connection(), api);

  const response = await call(aChange());

  expect(await response.text()).toBe("two units");
});

test("when the session has ended, a call waits until the user has signed in again", async () => {
  const { held, signIn } = credentials({ isSessionActive: false });
  const call = authorizedFetch(held, new Connection(), api);
  let hasResponse = false;

  const response = call(aChange()).then((response) => {
    hasResponse = true;
    return response.text();
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(hasResponse).toBe(false);
  signIn();

  expect(await response).toBe("two units");
});

test("a call that gets no response fails with OFFLINE, and the connection is offline until the next response", async () => {
  const connection = new Connection();
  let isReachable = false;
  const call = authorizedFetch(credentials({ isSessionActive: true }).held, connection, (request) =>
    isReachable ? api(request) : Promise.reject(new TypeError("Failed to fetch")),
  );

  await expect(call(aChange())).rejects.toMatchObject({ code: "OFFLINE", isOffline: true });
  expect(connection.isOnline()).toBe(false);
  isReachable = true;
  await call(aChange());

  expect(connection.isOnline()).toBe(true);
});

test("a refusal is an ApiProblem and does not set the connection offline", async () => {
  const connection = new Connection();
  const call = authorizedFetch(credentials({ isSessionActive: true }).held, connection, () =>
    Promise.resolve(
      new Response('{"status": 403, "code": "FORBIDDEN", "title": "Forbidden", "detail": "you may not do this"}', {
        status: 403,
        headers: { "Content-Type": "application/problem+json" },
      }),
    ),
  );

  await expect(call(aChange())).rejects.toBeInstanceOf(ApiProblem);
  expect(connection.isOnline()).toBe(true);
});

test("a cancelled call does not set the connection offline", async () => {
  const connection = new Connection();
  const abort = new AbortController();
  const call = authorizedFetch(credentials({ isSessionActive: true }).held, connection, (request) => {
    abort.abort();
    return Promise.reject(request.signal.reason as Error);
  });

  await expect(call(new Request("http://shop.example/", { signal: abort.signal }))).rejects.toThrow();

  expect(connection.isOnline()).toBe(true);
});
