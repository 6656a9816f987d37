import { applyDensity, applyMode, Density, Mode } from "@cloudscape-design/global-styles";
import { useEffect } from "react";

import { usePreference } from "@/hooks/usePreference";
import { readPreference } from "@/lib/preferences";

export const COLOR_MODES = ["system", "light", "dark"] as const;
export type ColorMode = (typeof COLOR_MODES)[number];

const systemIsDark = (): MediaQueryList => window.matchMedia("(prefers-color-scheme: dark)");

function apply(colorMode: ColorMode, isCompact: boolean): void {
  const isDark = colorMode === "dark" || (colorMode === "system" && systemIsDark().matches);
  applyMode(isDark ? Mode.Dark : Mode.Light);
  applyDensity(isCompact ? Density.Compact : Density.Comfortable);
}

/** Apply the stored appearance before the first paint, so that colors do not flash. */
export function applyAppearance(): void {
  apply(readPreference<ColorMode>("color_mode", "system"), readPreference("is_compact", false));
}

/** The color mode and density. They follow the system until the user chooses. */
export function useAppearance() {
  const [colorMode, setColorMode] = usePreference<ColorMode>("color_mode", "system");
  const [isCompact, setIsCompact] = usePreference("is_compact", false);

  useEffect(() => {
    const applyNow = () => {
      apply(colorMode, isCompact);
    };
    applyNow();
    const system = systemIsDark();
    system.addEventListener("change", applyNow);
    return () => {
      system.removeEventListener("change", applyNow);
    };
  }, [colorMode, isCompact]);

  return { colorMode, setColorMode, isCompact, setIsCompact };
}
