import Box from "@cloudscape-design/components/box";
import type { ReactNode } from "react";

/** A line below a value in a table: what matters less, or what has no column of its own on a phone. */
export function Detail({ children }: { children: ReactNode }) {
  return (
    <Box color="text-body-secondary" fontSize="body-s">
      {children}
    </Box>
  );
}
