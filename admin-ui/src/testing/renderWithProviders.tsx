import { QueryClientProvider } from "@tanstack/react-query";
import { render, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";

import { ApiProvider } from "@/api/client/ApiProvider";
import { authorizedFetch } from "@/api/client/authorizedFetch";
import { createApi } from "@/api/client/client";
import { Connection } from "@/api/client/connection";
import { createQueryClient } from "@/api/queries/queryClient";
import { Session } from "@/auth/session";
import { SessionProvider } from "@/auth/SessionProvider";
import { NotificationBar, NotificationsProvider } from "@/components/feedback/Notifications";
import { SettingsProvider } from "@/hooks/SettingsProvider";
import type { Settings } from "@/lib/settings";

/** The API of a test: a function from request to response. */
type FakeApi = (request: Request) => Response | Promise<Response>;

const credentials = {
  idToken: () => Promise.resolve("token"),
  signedInAgain: () => Promise.reject(new Error("The session of a test does not end.")),
};

interface Where {
  /** The address of the page. */
  readonly address: string;
  readonly role: "manager" | "viewer";
}

const SETTINGS: Settings = {
  user_pool_id: "pool",
  user_pool_client_id: "client",
  api_url: "",
  cognito_endpoint_url: null,
  console: true,
};

function sessionOf(role: Where["role"]): Session {
  const state = { phase: "signed-in", user: { username: "anna", groups: [`inventory-${role}s`] } } as const;
  const session = new Session({ tokens: () => Promise.resolve(null), signOut: () => Promise.resolve() });
  return Object.assign(session, { state: () => state });
}

/** Render a component inside the providers that every page has. */
export function renderWithProviders(component: ReactNode, api: FakeApi, where: Partial<Where> = {}) {
  return render(component, { wrapper: providers(api, where) });
}

/** The same for a hook. */
export function renderHookWithProviders<Result>(hook: () => Result, api: FakeApi) {
  return renderHook(hook, { wrapper: providers(api, {}) });
}

function providers(api: FakeApi, { address = "/", role = "manager" }: Partial<Where>) {
  const connection = new Connection();
  const client = createApi(
    "http://shop.example",
    authorizedFetch(credentials, connection, async (request) => api(request)),
  );
  const queries = createQueryClient();
  return function Providers({ children }: { children: ReactNode }) {
    return (
      <MemoryRouter initialEntries={[address]}>
        <SettingsProvider settings={SETTINGS}>
          <SessionProvider session={sessionOf(role)}>
            <ApiProvider api={client} connection={connection}>
              <QueryClientProvider client={queries}>
                <NotificationsProvider>
                  <NotificationBar first={[]} />
                  {children}
                </NotificationsProvider>
              </QueryClientProvider>
            </ApiProvider>
          </SessionProvider>
        </SettingsProvider>
      </MemoryRouter>
    );
  };
}
