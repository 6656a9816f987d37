import { expect, test } from "vitest";

import { type Authentication, mayEdit, mayView, Session, userOf } from "./session";

/** Somebody's tokens, until they are taken away. */
class Tokens implements Authentication {
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

test("who has tokens is signed in from the start", async () => {
  const session = new Session(new Tokens());

  await session.begin();

  expect(session.state()).toEqual({ phase: "signed-in", user: { username: "anna", groups: ["inventory-managers"] } });
});

test("who has none is asked to sign in", async () => {
  const tokens = new Tokens();
  tokens.username = null;
  const session = new Session(tokens);

  await session.begin();

  expect(session.state()).toEqual({ phase: "signed-out" });
});

test("a session that ended goes on when its user signs in again", async () => {
  const session = new Session(new Tokens());
  await session.begin();

  const signedInAgain = session.signedInAgain();
  expect(session.state()).toMatchObject({ phase: "ended", user: { username: "anna" } });
  await session.begin();
  await signedInAgain;

  expect(session.state().phase).toBe("signed-in");
});

test("managers may change, viewers may look, and others neither", () => {
  const rights = (groups: unknown) => {
    const user = userOf({ "cognito:username": "anna", "cognito:groups": groups });
    return [mayView(user), mayEdit(user)];
  };

  expect(rights(["inventory-managers"])).toEqual([true, true]);
  expect(rights(["inventory-viewers"])).toEqual([true, false]);
  expect(rights(["accounting"])).toEqual([false, false]);
  expect(rights(undefined)).toEqual([false, false]);
});
