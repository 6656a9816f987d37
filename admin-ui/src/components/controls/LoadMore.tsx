import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";

import { text } from "@/i18n/text";

interface LoadMoreProps {
  count: number;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** Below a list: how much of it is there, and the way to more. Takes what usePages answers. */
export function LoadMore({ count, hasNextPage, isFetchingNextPage, fetchNextPage }: LoadMoreProps) {
  if (!hasNextPage) {
    return (
      <Box textAlign="center" color="text-body-secondary" fontSize="body-s">
        {text("list.all", { count })}
      </Box>
    );
  }
  return (
    <Box textAlign="center">
      <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {text("list.more", { count })}
      </Button>
    </Box>
  );
}
