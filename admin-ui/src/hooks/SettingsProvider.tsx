import { createContext, type ReactNode, use } from "react";

import type { Settings } from "@/lib/settings";

const SettingsContext = createContext<Settings | null>(null);

export function SettingsProvider({ settings, children }: { settings: Settings; children: ReactNode }) {
  return <SettingsContext value={settings}>{children}</SettingsContext>;
}

/** Where the page's sign-in and API are, and whether there is a console. */
export function useSettings(): Settings {
  const settings = use(SettingsContext);
  if (!settings) throw new Error("there is no SettingsProvider above");
  return settings;
}
