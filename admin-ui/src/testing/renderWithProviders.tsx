import { QueryClientProvider } from "@tanstack/react-query";
import { render, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";

import { ApiProvider } from "@/api/client/ApiProvider";
import { authorizedFetch } from "@/api/client/authorizedFetch";
import { createApi } from "@/api/client/client";
import { Connection } from "@/api/client/connection";
import { createQueryClient } from "@/api/queries/queryClient";
import { NotificationsProvider } from "@/components/feedback/Notifications";

/** The API of a test: a function from request to response. */
type FakeApi = (request: Request) => Response | Promise<Response>;

const credentials = {
  idToken: () => Promise.resolve("token"),
  signedInAgain: () => Promise.reject(new Error("The session of a test does not end.")),
};

/** Render a component inside the providers that every page has. */
export function renderWithProviders(component: ReactNode, api: FakeApi) {
  return render(component, { wrapper: providers(api) });
}

/** The same for a hook. */
export function renderHookWithProviders<Result>(hook: () => Result, api: FakeApi) {
  return renderHook(hook, { wrapper: providers(api) });
}

function providers(api: FakeApi) {
  const connection = new Connection();
  const client = createApi(
    "http://shop.example",
    authorizedFetch(credentials, connection, async (request) => api(request)),
  );
  const queries = createQueryClient();
  return function Providers({ children }: { children: ReactNode }) {
    return (
      <MemoryRouter>
        <ApiProvider api={client} connection={connection}>
          <QueryClientProvider client={queries}>
            <NotificationsProvider>{children}</NotificationsProvider>
          </QueryClientProvider>
        </ApiProvider>
      </MemoryRouter>
    );
  };
}
