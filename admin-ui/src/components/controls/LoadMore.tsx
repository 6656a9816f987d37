import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";

import { text } from "@/i18n/text";

interface LoadMoreProps {
  count: number;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** Shown below a list: the number of loaded items, and a button that loads more. Takes the result of usePages. */
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
