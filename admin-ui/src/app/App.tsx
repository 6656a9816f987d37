import { useState } from "react";
import { RouterProvider } from "react-router/dom";

import { mayView } from "@/auth/session";
import { useSessionState } from "@/auth/SessionProvider";
import { NoAccessPage } from "@/auth/sign-in/NoAccessPage";
import { SignInPage } from "@/auth/sign-in/SignInPage";
import { createRouter } from "./routes";

/** The sign-in, or the pages. */
export function App() {
  const { state } = useSessionState();
  const [router] = useState(createRouter);
  if (!("user" in state)) return <SignInPage />;
  if (!mayView(state.user)) return <NoAccessPage />;
  return <RouterProvider router={router} />;
}
