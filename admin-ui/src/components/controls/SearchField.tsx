import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";

interface SearchFieldProps {
  /** The current search, as in the address. */
  value: string;
  onChange: (value: string) => void;
  label: string;
}

/** A search that starts when the user pauses typing. */
export function SearchField({ value, onChange, label }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    // Something else changed the address: a link, or the search in the top bar.
    setSeen(value);
    if (value !== typed.trim()) setTyped(value);
  }
  return (
    <TextFilter
      filteringText={typed}
      filteringPlaceholder={label}
      filteringAriaLabel={label}
      onChange={({ detail }) => {
        setTyped(detail.filteringText);
      }}
      onDelayedChange={({ detail }) => {
        onChange(detail.filteringText.trim());
      }}
    />
  );
}
