import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

/** How a part of the address is read: what is not valid reads as what stands when nothing is there. */
export interface Field<Value extends string> {
  readonly read: (raw: string | null) => Value;
}

type Fields = Readonly<Record<string, Field<string>>>;
type Values<F extends Fields> = { readonly [Name in keyof F]: ReturnType<F[Name]["read"]> };

/** Any text, empty when it is not there. */
export const anyText: Field<string> = { read: (raw) => raw?.trim() ?? "" };

/** One of some values, else the fallback: `oneOf(["asc", "desc"], "asc")`. */
export function oneOf<const Value extends string, const Fallback extends string>(
  values: readonly Value[],
  fallback: Fallback,
): Field<Value | Fallback> {
  return { read: (raw) => values.find((value) => value === raw) ?? fallback };
}

/** Read the fields from an address. */
export function readFields<F extends Fields>(parameters: URLSearchParams, fields: F): Values<F> {
  const values = Object.entries(fields).map(([name, field]) => [name, field.read(parameters.get(name))] as const);
  return Object.fromEntries(values) as Values<F>;
}

/** The address with some fields changed. What it would read as anyhow is left out, so that addresses stay short. */
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
 * What a view shows, kept in its address, so that every view has a link and the back button works.
 *
 * Declare the fields outside of the component: `const FIELDS = { search: anyText, status: oneOf(STATUSES, "") }`.
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
