import { createContext, type ReactNode, use, useSyncExternalStore } from "react";

import { mayEdit, type Session, type SessionState, type User } from "./session";

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

function useSessionObject(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("there is no SessionProvider above");
  return session;
}

/** How the session stands, whoever is signed in or not. */
export function useSessionState(): { state: SessionState; begin: () => Promise<void>; signOut: () => Promise<void> } {
  const session = useSessionObject();
  const state = useSyncExternalStore(session.subscribe, session.state);
  return { state, begin: () => session.begin(), signOut: () => session.signOut() };
}

/** Who is signed in, on pages that only they see. */
export function useSession(): { user: User; mayEdit: boolean; signOut: () => Promise<void> } {
  const { state, signOut } = useSessionState();
  if (!("user" in state)) throw new Error("nobody is signed in");
  return { user: state.user, mayEdit: mayEdit(state.user), signOut };
}
