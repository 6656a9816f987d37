import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";

import { Logo } from "@/components/page/Logo";
import { text } from "@/i18n/text";
import styles from "./sign-in.module.css";

/** A page outside the shell: the logo, the title, and one card. */
export function FrontPage({ children }: { children: ReactNode }) {
  return (
    <main className={styles["page"]}>
      <div className={styles["card"]}>
        <SpaceBetween size="xl">
          <div className={styles["brand"]}>
            <Logo size={36} />
            <Box variant="h1">{text("app.title")}</Box>
          </div>
          {children}
        </SpaceBetween>
      </div>
    </main>
  );
}
