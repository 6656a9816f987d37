import AppLayout from "@cloudscape-design/components/app-layout";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import SideNavigation, { type SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import { Suspense, useEffect, useState } from "react";
import { Outlet, ScrollRestoration, useLocation, useNavigate, useNavigation } from "react-router";

import { useSession } from "@/auth/SessionProvider";
import { SessionEndedDialog } from "@/auth/sign-in/SessionEndedDialog";
import { Loading } from "@/components/feedback/Loading";
import { NotificationBar, NotificationsProvider } from "@/components/feedback/Notifications";
import { text } from "@/i18n/text";
import { useCrumbs } from "../crumbs";
import styles from "./shell.module.css";
import { TopBar } from "./TopBar";
import { useOfflineNotice } from "./useOfflineNotice";

const LIST_OF = new Map([
  ["product", "stock"],
  ["reservation", "reservations"],
  ["timeline", "reservations"],
]);
const WIDE = "(min-width: 1100px)";

/** The frame around every page: top bar, navigation, breadcrumbs and notifications. */
export function Shell() {
  return (
    <NotificationsProvider>
      <SkipLink />
      <div id="top-bar">
        <TopBar />
      </div>
      <Layout />
      <SessionEndedDialog />
      <ScrollRestoration />
    </NotificationsProvider>
  );
}

function Layout() {
  const [isNavigationOpen, setIsNavigationOpen] = useState(() => window.matchMedia(WIDE).matches);
  const offlineNotice = useOfflineNotice();
  return (
    <AppLayout
      headerSelector="#top-bar"
      toolsHide
      stickyNotifications
      navigationOpen={isNavigationOpen}
      navigationWidth={220}
      onNavigationChange={({ detail }) => {
        setIsNavigationOpen(detail.open);
      }}
      navigation={
        <Navigation
          onFollow={() => {
            if (!window.matchMedia(WIDE).matches) setIsNavigationOpen(false);
          }}
        />
      }
      breadcrumbs={<Breadcrumbs />}
      notifications={<NotificationBar first={offlineNotice} />}
      content={
        <Suspense fallback={<Loading />}>
          <Page />
        </Suspense>
      }
    />
  );
}

/** The page; while the code of another one loads, a sign of that, so that a click is answered at once. */
function Page() {
  return useNavigation().state === "loading" ? <Loading /> : <Outlet />;
}

function SkipLink() {
  return (
    <button
      type="button"
      className={styles["skipLink"]}
      onClick={() => {
        document.getElementById("page-heading")?.focus();
      }}
    >
      {text("skip_to_content")}
    </button>
  );
}

function Navigation({ onFollow }: { onFollow: () => void }) {
  const navigate = useNavigate();
  const { mayEdit } = useSession();
  const location = useLocation();
  const { pathname } = useNavigation().location ?? location;
  const page = pathname.split("/")[1] ?? "";
  const section = LIST_OF.get(page) ?? page;
  return (
    <SideNavigation
      activeHref={`#/${section}`}
      onFollow={(event) => {
        if (event.detail.external) return; // the browser opens it
        event.preventDefault();
        onFollow();
        void navigate(event.detail.href.slice(1));
      }}
      items={[
        { type: "link", text: text("overview.title"), href: "#/" },
        { type: "link", text: text("stock.title"), href: "#/stock" },
        ...(mayEdit ? link("receive") : []),
        ...(mayEdit ? link("count") : []),
        { type: "link", text: text("reservations.title"), href: "#/reservations" },
        { type: "link", text: text("refunds.title"), href: "#/refunds" },
        { type: "link", text: text("executions.title"), href: "#/executions" },
        ...(mayEdit ? link("import") : []),
        { type: "divider" },
        {
          type: "link",
          text: text("reference.title"),
          href: "/reference/",
          external: true,
          externalIconAriaLabel: text("reference.new_tab"),
        },
      ]}
    />
  );
}

/** The link to a page for managers. */
function link(page: "receive" | "count" | "import"): readonly SideNavigationProps.Item[] {
  return [{ type: "link", text: text(`${page}.title`), href: `#/${page}` }];
}

function Breadcrumbs() {
  const navigate = useNavigate();
  const crumbs = useCrumbs();
  const title = crumbs.at(-1)?.text;
  useEffect(() => {
    document.title = title ? `${title} · ${text("app.title")}` : text("app.title");
  }, [title]);

  if (crumbs.length < 2) return null;
  return (
    <BreadcrumbGroup
      items={crumbs}
      ariaLabel={text("breadcrumbs")}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(event.detail.href.slice(1));
      }}
    />
  );
}
