import Button from "@cloudscape-design/components/button";
import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { useApi, useIsOnline } from "@/api/client/ApiProvider";
import { listLevels } from "@/api/levels/listLevels";
import { REFRESH_MS } from "@/api/queries/refresh";
import { text } from "@/i18n/text";

/** While the API cannot be reached: a warning, and regular attempts. Afterwards, all data is read again. */
export function useOfflineNotice(): readonly FlashbarProps.MessageDefinition[] {
  const isOnline = useIsOnline();
  const wasOnline = useRef(true);
  const api = useApi();
  const queries = useQueryClient();

  useQuery({
    queryKey: ["reconnect"],
    queryFn: ({ signal }) => listLevels(api, { limit: 1 }, signal),
    enabled: !isOnline,
    refetchInterval: REFRESH_MS.item,
    retry: false,
  });

  useEffect(() => {
    if (isOnline && !wasOnline.current) void queries.invalidateQueries();
    wasOnline.current = isOnline;
  }, [isOnline, queries]);

  if (isOnline) return [];
  return [
    {
      id: "offline",
      type: "warning",
      header: text("offline.title"),
      content: text("offline.what"),
      action: <Button onClick={() => void queries.refetchQueries({ type: "active" })}>{text("try_again")}</Button>,
    },
  ];
}
