import { Amplify } from "aws-amplify";
import { type AuthSession, fetchAuthSession, signOut } from "aws-amplify/auth";

import type { Settings } from "@/lib/settings";

/** Who is signed in, as the id token says. */
export interface User {
  readonly username: string;
  readonly groups: readonly string[];
}

/**
 * `ended`: the tokens are not good any more, but the page stays as it is until its user has signed in again.
 */
export type SessionState =
  | { readonly phase: "starting" }
  | { readonly phase: "signed-out" }
  | { readonly phase: "signed-in"; readonly user: User }
  | { readonly phase: "ended"; readonly user: User };

/** What the session needs of Cognito. */
export interface Authentication {
  /** The tokens of who is signed in, renewed when they are about to run out; null when nobody is. */
  tokens(renew: boolean): Promise<AuthSession["tokens"] | null>;
  signOut(): Promise<void>;
}

/**
 * Tokens are kept in localStorage, where Amplify puts them: people work in several tabs, and a link opened in a new one
 * must not ask for a password. A script that could read them could as well make calls itself, so what protects them is
 * the content security policy, which lets in no script but ours; and they are worth little for long: 15 minutes, and 12
 * hours for the one that renews them, which signing out revokes.
 */
export function cognito(settings: Settings): Authentication {
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: settings.user_pool_id,
        userPoolClientId: settings.user_pool_client_id,
        ...(settings.cognito_endpoint_url ? { userPoolEndpoint: settings.cognito_endpoint_url } : {}),
      },
    },
  });
  return {
    tokens: async (renew) => (await fetchAuthSession({ forceRefresh: renew })).tokens ?? null,
    signOut: () => signOut(),
  };
}

/** Who is signed in, for the page and for its calls. */
export class Session {
  private current: SessionState = { phase: "starting" };
  private readonly listeners = new Set<() => void>();

  constructor(private readonly authentication: Authentication) {}

  readonly state = (): SessionState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Find out who is signed in: at the start, and after somebody signed in. */
  async begin(): Promise<void> {
    const user = await this.readUser();
    const before = this.current;
    if (user && before.phase === "ended" && before.user.username !== user.username) {
      window.location.reload(); // what is on the page is somebody else's
      return;
    }
    this.become(user ? { phase: "signed-in", user } : { phase: "signed-out" });
  }

  async idToken(renew = false): Promise<string | null> {
    const tokens = await this.authentication.tokens(renew);
    return tokens?.idToken?.toString() ?? null;
  }

  /** The session has ended; resolves when its user has signed in again. */
  signedInAgain(): Promise<void> {
    if (this.current.phase === "signed-in") this.become({ phase: "ended", user: this.current.user });
    return new Promise((resolve) => {
      const stop = this.subscribe(() => {
        if (this.current.phase !== "signed-in") return;
        stop();
        resolve();
      });
    });
  }

  /** Forget the tokens, here and at Cognito. */
  async signOut(): Promise<void> {
    try {
      await this.authentication.signOut();
    } finally {
      // A new page knows nothing of what was on the old one.
      window.location.assign("/");
    }
  }

  private async readUser(): Promise<User | null> {
    try {
      const payload = (await this.authentication.tokens(false))?.idToken?.payload;
      return payload ? userOf(payload) : null;
    } catch {
      return null; // Cognito cannot be reached: the sign-in form says so when it is tried
    }
  }

  private become(state: SessionState): void {
    this.current = state;
    this.listeners.forEach((listener) => {
      listener();
    });
  }
}

/** Read a user from an id token's claims. */
export function userOf(claims: Readonly<Record<string, unknown>>): User {
  const groups = claims["cognito:groups"];
  return {
    username: String(claims["cognito:username"]),
    groups: Array.isArray(groups) ? groups.map(String) : [],
  };
}

/** Whether a user may change stock. The API decides; the page only offers what it would allow. */
export function mayEdit(user: User): boolean {
  return user.groups.includes("inventory-managers");
}

/** Whether a user may look at stock. */
export function mayView(user: User): boolean {
  return mayEdit(user) || user.groups.includes("inventory-viewers");
}
