import Button from "@cloudscape-design/components/button";
import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { useApi, useIsOnline } from "@/api/client/ApiProvider";
import { answer } from "@/api/client/client";
import { REFRESH_MS } from "@/api/queries/queries";
import { text } from "@/i18n/text";

/** While the API does not answer, says so, asks it again and again, and reads everything anew when it is back. */
export function useOfflineNotice(): readonly FlashbarProps.MessageDefinition[] {
  const isOnline = useIsOnline();
  const wasOnline = useRef(true);
  const api = useApi();
  const queries = useQueryClient();

  useQuery({
    queryKey: ["is-back"],
    queryFn: ({ signal }) => answer(api.GET("/admin/inventory", { params: { query: { limit: 1 } }, signal })),
    enabled: !isOnline,
    refetchInterval: REFRESH_MS.cheap,
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
