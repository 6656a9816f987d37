import { useLocation, useNavigate } from "react-router";

interface Place {
  /** Where each page that was seen begins; the first one has no cursor. */
  readonly cursors: readonly string[];
  readonly index: number;
}

const START: Place = { cursors: [], index: 0 };

/**
 * Which page of a list is shown, by the cursors that led there.
 *
 * It is kept with the entry of the browser's history: going back from a product leads to the page that one came from,
 * and another filter, which is another entry, begins at the start.
 */
export function usePaging() {
  const location = useLocation();
  const navigate = useNavigate();
  const { cursors, index } = (location.state as { place?: Place } | null)?.place ?? START;

  function become(place: Place) {
    void navigate(location, { replace: true, state: { place } });
  }

  return {
    cursor: index === 0 ? undefined : cursors[index - 1],
    index,
    /** How many pages are known. */
    known: cursors.length + 1,
    /** Go to a page that was seen, or to the one after this: `next` is where it begins. */
    go(wanted: number, next: string | null) {
      if (wanted <= cursors.length) become({ cursors, index: wanted });
      else if (next !== null) become({ cursors: [...cursors.slice(0, index), next], index: index + 1 });
    },
    restart() {
      become(START);
    },
  };
}
