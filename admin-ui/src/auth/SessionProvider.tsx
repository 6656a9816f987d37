import { createContext, type ReactNode, use, useSyncExternalStore } from "react";

import type { Session, SessionState } from "./session";
import { mayEdit, type User } from "./user";

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

function useSessionObject(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("useSession and useSessionState need a SessionProvider");
  return session;
}

/** The state of the session, even when nobody is signed in. */
export function useSessionState(): { state: SessionState; start: () => Promise<void>; signOut: () => Promise<void> } {
  const session = useSessionObject();
  const state = useSyncExternalStore(session.subscribe, session.state);
  return { state, start: () => session.start(), signOut: () => session.signOut() };
}

/** The user who is signed in. Only for pages that are shown after the sign-in. */
export function useSession(): { user: User; mayEdit: boolean; signOut: () => Promise<void> } {
  const { state, signOut } = useSessionState();
  if (!("user" in state)) throw new Error("Nobody is signed in.");
  return { user: state.user, mayEdit: mayEdit(state.user), signOut };
}
