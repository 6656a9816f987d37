import { createContext, type ReactNode, use, useSyncExternalStore } from "react";

import type { Api } from "./client";
import type { Connection } from "./connection";

interface ApiAccess {
  readonly api: Api;
  readonly connection: Connection;
}

const ApiContext = createContext<ApiAccess | null>(null);

export function ApiProvider({ api, connection, children }: ApiAccess & { children: ReactNode }) {
  return <ApiContext value={{ api, connection }}>{children}</ApiContext>;
}

function useAccess(): ApiAccess {
  const access = use(ApiContext);
  if (!access) throw new Error("useApi and useIsOnline need an ApiProvider");
  return access;
}

/** The client of the API. */
export function useApi(): Api {
  return useAccess().api;
}

/** Whether the API can be reached. */
export function useIsOnline(): boolean {
  const { connection } = useAccess();
  return useSyncExternalStore(connection.subscribe, connection.isOnline);
}
