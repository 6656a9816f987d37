import Autosuggest, { type AutosuggestProps } from "@cloudscape-design/components/autosuggest";
import { useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";

import { problemTitle } from "@/api/client/problemText";
import { SEARCH_LENGTH_MIN, TEXT_LENGTH_MAX } from "@/api/limits";
import { useSearchNow, useSearchSuggestions } from "@/api/read-model/searchEverything";
import { useIsCustomer } from "@/api/reservations/getTimeline";
import { bestPage, hitsOf, KINDS } from "@/features/search/hits";
import { useDebounced } from "@/hooks/useDebounced";
import { text } from "@/i18n/text";
import { resultsOf, timelineOf } from "@/lib/identifiers/addresses";
import { cutTo, isTooShort, normalized } from "@/lib/identifiers/identifiers";

const PAUSE_MS = 300;

/** The search in the top bar: products, reservations, orders, customers and payments. */
export default function QuickSearch() {
  const navigate = useNavigate();
  const { key: here } = useLocation();
  const [value, setValue] = useState("");
  const latest = useRef(0); // the number of the last search by Enter, raised by whatever makes its answer late
  useEffect(() => {
    latest.current++; // the user has gone elsewhere
  }, [here]);
  const searchNow = useSearchNow();
  const isCustomer = useIsCustomer();
  const query = isTooShort(value, SEARCH_LENGTH_MIN) ? "" : normalized(value);
  const asked = useDebounced(query, PAUSE_MS);
  const suggestions = useSearchSuggestions(query === "" ? "" : asked);
  const found = query !== "" && asked === query ? suggestions : null;

  function goTo(page: string) {
    setValue("");
    void navigate(page);
  }

  /** The page of the one thing that is meant; null if the user must choose. */
  async function pageOf(search: string): Promise<string | null> {
    const found = await searchNow(search);
    const page = bestPage(found, search);
    // The newest results are first. Those of customer 17 can be behind many of customers 171, 172 …
    if (page !== null || found.cursor === null) return page;
    return (await isCustomer(search)) ? timelineOf({ customer_id: search }) : null;
  }

  /** Enter: go to what has exactly this id, or to the results; unless the user does something else before the answer. */
  async function find(typed: string) {
    if (normalized(typed) === "" || isTooShort(typed, SEARCH_LENGTH_MIN)) return;
    const search = normalized(typed);
    const number = ++latest.current;
    const page = await pageOf(search).catch(() => null); // the page of the results shows an error, and tries again
    if (number === latest.current) goTo(page ?? resultsOf(search));
  }

  return (
    <Autosuggest
      value={value}
      ariaLabel={text("search.label")}
      placeholder={text("search.label")}
      filteringType="manual"
      expandToViewport
      enteredTextLabel={(value) => text("search.enter", { value })}
      hideEnteredTextOption={query === ""}
      options={found?.data ? groupsOf(found.data) : []}
      statusType={query === "" ? "finished" : found?.isError ? "error" : found?.data ? "finished" : "loading"}
      loadingText={text("search.loading")}
      errorText={found?.error ? problemTitle(found.error) : undefined}
      finishedText={statusText(value, query, found?.data)}
      onChange={({ detail }) => {
        latest.current++;
        setValue(cutTo(detail.value, TEXT_LENGTH_MAX));
      }}
      onSelect={({ detail }) => {
        if (detail.selectedOption) goTo(detail.value);
        else void find(detail.value);
      }}
      empty={text("search.empty")}
    />
  );
}

type Suggestions = NonNullable<ReturnType<typeof useSearchSuggestions>["data"]>;

function groupsOf(found: Suggestions): AutosuggestProps.OptionGroup[] {
  const hits = hitsOf(found);
  return KINDS.map((kind) => ({
    label: text(`search.kind.${kind}`),
    options: hits
      .filter((hit) => hit.kind === kind)
      .map(({ label, description, to }) => ({ value: to, label, description })),
  })).filter(({ options }) => options.length > 0);
}

function statusText(value: string, query: string, found: Suggestions | undefined): string | undefined {
  if (query === "" && value.trim() !== "") return text("search.too_short", { min: SEARCH_LENGTH_MIN });
  if (found?.read_model.state === "MISSING") return text("search.exact_only");
  if (found && hitsOf(found).length === 0) return text("search.none", { query });
  return undefined;
}
