import FormField from "@cloudscape-design/components/form-field";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";

import { SEARCH_LENGTH_MIN } from "@/api/limits";
import { text } from "@/i18n/text";
import { isTooShort } from "@/lib/identifiers/identifiers";

interface SearchFieldProps {
  /** The current search, as in the address. */
  value: string;
  onChange: (value: string) => void;
  label: string;
  /** The fewest characters of a search, as the API takes it. A shorter text is no search, and the field says so. */
  min?: number;
}

/** A search that starts when the user pauses typing. */
export function SearchField({ value, onChange, label, min = SEARCH_LENGTH_MIN }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  const searchOf = (entered: string) => (isTooShort(entered, min) ? "" : entered.trim());
  if (value !== seen) {
    // Something else changed the address: a link, or the search in the top bar.
    setSeen(value);
    if (value !== searchOf(typed)) setTyped(value);
  }
  return (
    <FormField stretch errorText={isTooShort(typed, min) ? text("search.too_short", { min }) : undefined}>
      <TextFilter
        filteringText={typed}
        filteringPlaceholder={label}
        filteringAriaLabel={label}
        onChange={({ detail }) => {
          setTyped(detail.filteringText);
        }}
        onDelayedChange={({ detail }) => {
          onChange(searchOf(detail.filteringText));
        }}
      />
    </FormField>
  );
}
