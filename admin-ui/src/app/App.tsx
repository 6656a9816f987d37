import { useState } from "react";
import { RouterProvider } from "react-router/dom";

import { useSessionState } from "@/auth/SessionProvider";
import { NoAccessPage } from "@/auth/sign-in/NoAccessPage";
import { SignInPage } from "@/auth/sign-in/SignInPage";
import { mayView } from "@/auth/user";
import { createRouter } from "./routes";

/** The sign-in, or the pages for a user who is signed in. */
export function App() {
  const { state } = useSessionState();
  const [router] = useState(createRouter);
  if (!("user" in state)) return <SignInPage />;
  if (!mayView(state.user)) return <NoAccessPage />;
  return <RouterProvider router={router} />;
}
