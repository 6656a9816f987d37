import type { AuthSession } from "aws-amplify/auth";

import { type User, userOf } from "./user";

/** `ended`: the tokens are no longer valid, but the page stays as it is until its user has signed in again. */
export type SessionState =
  | { readonly phase: "starting" }
  | { readonly phase: "signed-out" }
  | { readonly phase: "signed-in"; readonly user: User }
  | { readonly phase: "ended"; readonly user: User };

/** The calls to Cognito that a session needs. */
export interface Authentication {
  /** The user's tokens, renewed shortly before they expire; null when nobody is signed in. */
  tokens(renew: boolean): Promise<AuthSession["tokens"] | null>;
  signOut(): Promise<void>;
}

/** The session of the user, for the page and for its calls to the API. */
export class Session {
  private current: SessionState = { phase: "starting" };
  private readonly listeners = new Set<() => void>();

  constructor(private readonly authentication: Authentication) {}

  readonly state = (): SessionState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Read the user from the tokens: when the page starts, and after a sign-in. */
  async start(): Promise<void> {
    const user = await this.readUser();
    const before = this.current;
    if (user && before.phase === "ended" && before.user.username !== user.username) {
      window.location.reload(); // the page shows the data of another user
      return;
    }
    this.setState(user ? { phase: "signed-in", user } : { phase: "signed-out" });
  }

  async idToken(renew = false): Promise<string | null> {
    const tokens = await this.authentication.tokens(renew);
    return tokens?.idToken?.toString() ?? null;
  }

  /** End the session. Resolves when its user has signed in again. */
  signedInAgain(): Promise<void> {
    if (this.current.phase === "signed-in") this.setState({ phase: "ended", user: this.current.user });
    return new Promise((resolve) => {
      const unsubscribe = this.subscribe(() => {
        if (this.current.phase !== "signed-in") return;
        unsubscribe();
        resolve();
      });
    });
  }

  /** Delete the tokens in this browser, and revoke them at Cognito. */
  async signOut(): Promise<void> {
    try {
      await this.authentication.signOut();
    } finally {
      window.location.assign("/"); // a new page has none of the old page's data
    }
  }

  private async readUser(): Promise<User | null> {
    try {
      const payload = (await this.authentication.tokens(false))?.idToken?.payload;
      return payload ? userOf(payload) : null;
    } catch {
      return null; // Cognito cannot be reached: the sign-in form shows that when it is submitted
    }
  }

  private setState(state: SessionState): void {
    this.current = state;
    this.listeners.forEach((listener) => {
      listener();
    });
  }
}
