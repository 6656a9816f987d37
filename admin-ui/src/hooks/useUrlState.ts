import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

import { SEARCH_LENGTH_MIN, TEXT_LENGTH_MAX } from "@/api/limits";
import { cutTo, isTooShort, normalized } from "@/lib/identifiers/identifiers";

/** Reads one query parameter. An invalid value is read as the default. */
export interface Field<Value extends string> {
  readonly read: (raw: string | null) => Value;
}

type Fields = Readonly<Record<string, Field<string>>>;
type Values<F extends Fields> = { readonly [Name in keyof F]: ReturnType<F[Name]["read"]> };

/** Any text; empty by default. */
export const anyText: Field<string> = { read: (raw) => raw?.trim() ?? "" };

/** A search: as long as the API takes, and in NFC like the ids that it is compared with. A shorter one is no search. */
export const searchText: Field<string> = {
  read: (raw) => (isTooShort(raw ?? "", SEARCH_LENGTH_MIN) ? "" : cutTo(normalized(raw ?? ""), TEXT_LENGTH_MAX)),
};

/** The id of a product, a warehouse or an order. */
export const identifier: Field<string> = { read: (raw) => normalized(raw ?? "") };

/** One of the values, or else the fallback: `oneOf(["asc", "desc"], "asc")`. */
export function oneOf<const Value extends string, const Fallback extends string>(
  values: readonly Value[],
  fallback: Fallback,
): Field<Value | Fallback> {
  return { read: (raw) => values.find((value) => value === raw) ?? fallback };
}

/** Read the fields from the query parameters. */
export function readFields<F extends Fields>(parameters: URLSearchParams, fields: F): Values<F> {
  const values = Object.entries(fields).map(([name, field]) => [name, field.read(parameters.get(name))] as const);
  return Object.fromEntries(values) as Values<F>;
}

/** The query parameters with some fields changed. Defaults are left out, so that addresses stay short. */
export function writeFields<F extends Fields>(
  parameters: URLSearchParams,
  fields: F,
  changes: Partial<Values<F>>,
): URLSearchParams {
  const written = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === fields[name]?.read(null)) written.delete(name);
    else written.set(name, value);
  }
  return written;
}

/**
 * State of a view that is stored in its address, so that the view can be linked to and the back button works.
 *
 * Declare the fields outside the component: `const FIELDS = { search: anyText, status: oneOf(STATUSES, "") }`.
 */
export function useUrlState<F extends Fields>(fields: F): [Values<F>, (changes: Partial<Values<F>>) => void] {
  const [parameters, setParameters] = useSearchParams();
  const values = useMemo(() => readFields(parameters, fields), [parameters, fields]);
  const change = useCallback(
    (changes: Partial<Values<F>>) => {
      setParameters((current) => writeFields(current, fields, changes), { replace: true });
    },
    [fields, setParameters],
  );
  return [values, change];
}
