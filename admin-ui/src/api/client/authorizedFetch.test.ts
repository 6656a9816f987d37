import { expect, test } from "vitest";

import { authorizedFetch, type Credentials } from "./authorizedFetch";
import { Connection } from "./connection";
import { ApiProblem } from "./problem";

const OLD = "old token";
const NEW = "new token";

/** Credentials whose old token is refused; a renewal brings the new one when the session lasts. */
function credentials({ lasts }: { lasts: boolean }) {
  let isSignedInAgain = false;
  let signIn: () => void = () => undefined;
  const held: Credentials = {
    idToken: (renew = false) => Promise.resolve(isSignedInAgain || (renew && lasts) ? NEW : renew ? null : OLD),
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

/** An API that answers the new token with what it was sent, and refuses every other. */
async function api(request: Request): Promise<Response> {
  const isGood = request.headers.get("Authorization") === NEW;
  return new Response(isGood ? await request.text() : "", { status: isGood ? 200 : 401 });
}

const aChange = () => new Request("http://shop.example/admin/x", { method: "POST", body: "two units" });

test("a refused token is renewed once, and the call is made again with its content", async () => {
  const call = authorizedFetch(credentials({ lasts: true }).held, new Connection(), api);

  const response = await call(aChange());

  expect(await response.text()).toBe("two units");
});

test("when the session has ended a call waits until its user has signed in again", async () => {
  const { held, signIn } = credentials({ lasts: false });
  const call = authorizedFetch(held, new Connection(), api);
  let isAnswered = false;

  const answer = call(aChange()).then((response) => {
    isAnswered = true;
    return response.text();
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isAnswered).toBe(false);
  signIn();

  expect(await answer).toBe("two units");
});

test("when nobody answers the call fails as offline, and the page knows until the next answer", async () => {
  const connection = new Connection();
  let isReachable = false;
  const call = authorizedFetch(credentials({ lasts: true }).held, connection, (request) =>
    isReachable ? api(request) : Promise.reject(new TypeError("Failed to fetch")),
  );

  await expect(call(aChange())).rejects.toMatchObject({ code: "OFFLINE", isOffline: true });
  expect(connection.isOnline()).toBe(false);
  isReachable = true;
  await call(aChange());

  expect(connection.isOnline()).toBe(true);
});

test("a refusal is an ApiProblem, and the API is still there", async () => {
  const connection = new Connection();
  const call = authorizedFetch(credentials({ lasts: true }).held, connection, () =>
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

test("a call that nobody waits for any more says nothing about the connection", async () => {
  const connection = new Connection();
  const abort = new AbortController();
  const call = authorizedFetch(credentials({ lasts: true }).held, connection, (request) => {
    abort.abort();
    return Promise.reject(request.signal.reason as Error);
  });

  await expect(call(new Request("http://shop.example/", { signal: abort.signal }))).rejects.toThrow();

  expect(connection.isOnline()).toBe(true);
});
