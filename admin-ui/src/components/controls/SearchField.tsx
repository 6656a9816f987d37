import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";

interface SearchFieldProps {
  /** What is looked for now, as the address says. */
  value: string;
  onChange: (value: string) => void;
  label: string;
}

/** What is typed is looked for when somebody pauses. */
export function SearchField({ value, onChange, label }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    // The address was changed from elsewhere: by a link, or by the search above all pages.
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
