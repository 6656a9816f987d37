import { QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";

import { ApiProvider } from "@/api/client/ApiProvider";
import { authorizedFetch } from "@/api/client/authorizedFetch";
import { createApi } from "@/api/client/client";
import { Connection } from "@/api/client/connection";
import type { ProblemCode } from "@/api/client/problem";
import { createQueryClient } from "@/api/queries/queries";
import { NotificationsProvider } from "@/components/feedback/Notifications";

const credentials = {
  idToken: () => Promise.resolve("token"),
  signedInAgain: () => Promise.reject(new Error("the session lasts")),
};

/** What is around every page, for `render` and `renderHook`, over an API that answers as a test says. */
export function around(api: (request: Request) => Response | Promise<Response>) {
  const connection = new Connection();
  const calls = createApi(
    "http://shop.example",
    authorizedFetch(credentials, connection, async (request) => api(request)),
  );
  const queries = createQueryClient();
  return function Around({ children }: { children: ReactNode }) {
    return (
      <MemoryRouter>
        <ApiProvider api={calls} connection={connection}>
          <QueryClientProvider client={queries}>
            <NotificationsProvider>{children}</NotificationsProvider>
          </QueryClientProvider>
        </ApiProvider>
      </MemoryRouter>
    );
  };
}

/** An answer with content. */
export function answers(content: unknown): Response {
  return Response.json(content);
}

/** One page of a list; with a cursor when there are more. */
export function answersPage(items: readonly unknown[], cursor: string | null = null): Response {
  return answers({ items, cursor });
}

/** A refusal. */
export function refuses(status: number, code: ProblemCode, more: object = {}): Response {
  return Response.json({ status, code, title: code, detail: "it may not be", ...more }, { status });
}
