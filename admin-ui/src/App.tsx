import { useState } from "react";
import { RouterProvider } from "react-router/dom";

import { NoAccessPage } from "./session/NoAccessPage";
import { mayView } from "./session/session";
import { useSessionState } from "./session/SessionProvider";
import { SignInPage } from "./session/SignInPage";
import { createRouter } from "./shell/routes";

/** The sign-in, or the pages. */
export function App() {
  const { state } = useSessionState();
  const [router] = useState(createRouter);
  if (!("user" in state)) return <SignInPage />;
  if (!mayView(state.user)) return <NoAccessPage />;
  return <RouterProvider router={router} />;
}
