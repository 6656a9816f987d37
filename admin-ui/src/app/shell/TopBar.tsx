import TopNavigation, { type TopNavigationProps } from "@cloudscape-design/components/top-navigation";
import { lazy, Suspense, useState } from "react";
import { useHref, useNavigate } from "react-router";

import { useSession } from "@/auth/SessionProvider";
import { text } from "@/i18n/text";
import { COLOR_MODES, useAppearance } from "./appearance";

const QuickSearch = lazy(() => import("./QuickSearch"));
const TotpSetupDialog = lazy(() => import("@/auth/totp/TotpSetupDialog"));

/** The bar above every page: home, search, appearance and account. */
export function TopBar() {
  const navigate = useNavigate();
  const home = useHref("/");
  const { user, mayEdit, signOut } = useSession();
  const { colorMode, setColorMode, isCompact, setIsCompact } = useAppearance();
  const [isSettingUpTotp, setIsSettingUpTotp] = useState(false);

  const appearance: TopNavigationProps.Utility = {
    type: "menu-dropdown",
    iconName: "settings",
    ariaLabel: text("appearance.title"),
    title: text("appearance.title"),
    disableUtilityCollapse: false,
    items: [
      {
        id: "color_mode",
        text: text("appearance.color_mode"),
        items: COLOR_MODES.map((mode) => ({
          id: mode,
          text: text(`appearance.color_mode.${mode}`),
          itemType: "checkbox",
          checked: mode === colorMode,
        })),
      },
      {
        id: "density",
        text: text("appearance.density"),
        items: [{ id: "compact", text: text("appearance.compact"), itemType: "checkbox", checked: isCompact }],
      },
    ],
    onItemClick: ({ detail }) => {
      const mode = COLOR_MODES.find((mode) => mode === detail.id);
      if (mode) setColorMode(mode);
      else setIsCompact(!isCompact);
    },
  };

  const account: TopNavigationProps.Utility = {
    type: "menu-dropdown",
    iconName: "user-profile",
    text: user.username,
    description: text(mayEdit ? "session.role.manager" : "session.role.viewer"),
    items: [
      { id: "totp", text: text("session.totp_setup.title") },
      { id: "sign-out", text: text("session.sign_out") },
    ],
    onItemClick: ({ detail }) => {
      if (detail.id === "totp") setIsSettingUpTotp(true);
      else void signOut();
    },
  };

  return (
    <>
      <TopNavigation
        identity={{
          href: home,
          title: text("app.title"),
          logo: { src: "/favicon.svg", alt: "" },
          onFollow: (event) => {
            event.preventDefault();
            void navigate("/");
          },
        }}
        search={
          <Suspense>
            <QuickSearch />
          </Suspense>
        }
        utilities={[appearance, account]}
      />
      {isSettingUpTotp && (
        <Suspense>
          <TotpSetupDialog
            onClose={() => {
              setIsSettingUpTotp(false);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
