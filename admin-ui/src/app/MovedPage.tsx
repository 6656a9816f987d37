import { Navigate, useLocation } from "react-router";

import { lastOfPath } from "@/lib/identifiers/addresses";

/** An address of the first edition, with an id in its path, such as a bookmark or a link in an old message. */
export function MovedPage({ to }: { to: (id: string) => string }) {
  return <Navigate replace to={to(lastOfPath(useLocation().pathname))} />;
}
