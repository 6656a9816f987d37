import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from "react";

import { text } from "@/i18n/text";

type Notification = Pick<FlashbarProps.MessageDefinition, "type" | "header" | "content" | "action">;

interface Notifications {
  readonly items: readonly FlashbarProps.MessageDefinition[];
  /** Show a message above the current page. */
  readonly notify: (notification: Notification) => void;
}

const MESSAGES_MAX = 5;
const SUCCESS_MS = 8_000; // long enough to read; then it closes itself

const NotificationsContext = createContext<Notifications | null>(null);

export function NotificationsProvider({ children }: { children: ReactNode }) {
  const [items, setItems] = useState<readonly FlashbarProps.MessageDefinition[]>([]);

  const notify = useCallback((notification: Notification) => {
    const id = crypto.randomUUID();
    const dismiss = () => {
      setItems((current) => current.filter((item) => item.id !== id));
    };
    const item = { ...notification, id, dismissible: true, dismissLabel: text("close"), onDismiss: dismiss };
    setItems((current) => [item, ...current].slice(0, MESSAGES_MAX));
    if (notification.type === "success") setTimeout(dismiss, SUCCESS_MS);
  }, []);

  const value = useMemo(() => ({ items, notify }), [items, notify]);
  return <NotificationsContext value={value}>{children}</NotificationsContext>;
}

export function useNotifications(): Notifications {
  const notifications = use(NotificationsContext);
  if (!notifications) throw new Error("useNotifications needs a NotificationsProvider");
  return notifications;
}

export function NotificationBar({ first }: { first: readonly FlashbarProps.MessageDefinition[] }) {
  const { items } = useNotifications();
  return <Flashbar items={[...first, ...items]} />;
}
