import { expect, test } from "vitest";

import { type Authentication, Session } from "./session";

/** A user's tokens. `username = null` removes them. */
class FakeAuthentication implements Authentication {
  username: string | null = "anna";

  tokens() {
    if (this.username === null) return Promise.resolve(null);
    const payload = { "cognito:username": this.username, "cognito:groups": ["inventory-managers"] };
    return Promise.resolve({ idToken: { payload, toString: () => "token" }, accessToken: { payload } });
  }

  signOut() {
    return Promise.resolve();
  }
}

test("a user with tokens is signed in from the start", async () => {
  const session = new Session(new FakeAuthentication());

  await session.start();

  expect(session.state()).toEqual({ phase: "signed-in", user: { username: "anna", groups: ["inventory-managers"] } });
});

test("a user without tokens has to sign in", async () => {
  const authentication = new FakeAuthentication();
  authentication.username = null;
  const session = new Session(authentication);

  await session.start();

  expect(session.state()).toEqual({ phase: "signed-out" });
});

test("a session that ended continues when its user signs in again", async () => {
  const session = new Session(new FakeAuthentication());
  await session.start();

  const signedInAgain = session.signedInAgain();
  expect(session.state()).toMatchObject({ phase: "ended", user: { username: "anna" } });
  await session.start();
  await signedInAgain;

  expect(session.state().phase).toBe("signed-in");
});
