import { useLocation, useNavigate } from "react-router";

interface Position {
  /** The cursor of each visited page after the first, which has none. */
  readonly cursors: readonly string[];
  readonly index: number;
}

const START: Position = { cursors: [], index: 0 };

/**
 * The current page of a list, with the cursors of the visited pages.
 *
 * The position is stored in the browser's history entry: going back from a product leads to the same page again, and a
 * changed filter, which replaces the entry's state, leads to the first page.
 */
export function usePagination() {
  const location = useLocation();
  const navigate = useNavigate();
  const { cursors, index } = (location.state as { position?: Position } | null)?.position ?? START;

  function setPosition(position: Position) {
    void navigate(location, { replace: true, state: { position } });
  }

  return {
    cursor: index === 0 ? undefined : cursors[index - 1],
    index,
    /** The number of pages whose start is known. */
    knownPages: cursors.length + 1,
    /** Go to a visited page, or to the page after the current one, which starts at `next`. */
    goTo(page: number, next: string | null) {
      if (page <= cursors.length) setPosition({ cursors, index: page });
      else if (next !== null) setPosition({ cursors: [...cursors.slice(0, index), next], index: index + 1 });
    },
    goToStart() {
      setPosition(START);
    },
  };
}
