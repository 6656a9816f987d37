import { useMutation } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import type { Api } from "../client/client";
import { ApiProblem } from "../client/problem";
import type { Level } from "../types";
import { changeOf, putLevel } from "./putLevel";
import { useRefreshStock } from "./refreshStock";

type Fields = Partial<Pick<Level, "active" | "low_stock_threshold">>;

interface LevelPatch {
  readonly seen: Level;
  readonly changes: Fields;
  readonly reason: string;
}

const ATTEMPTS_MAX = 5;

/**
 * Change some fields of a level and keep what changes meanwhile in the others, such as the units of a sale.
 *
 * Fails with VERSION_CONFLICT if somebody else has changed one of these fields.
 */
export function usePatchLevel() {
  const api = useApi();
  const refreshStock = useRefreshStock();
  return useMutation({
    mutationFn: (patch: LevelPatch) => patchLevel(api, patch),
    onSettled: (level) => refreshStock(level),
  });
}

async function patchLevel(api: Api, { seen, changes, reason }: LevelPatch): Promise<Level> {
  const fields = Object.keys(changes) as (keyof Fields)[];
  let latest = seen;
  for (let attempt = 1; ; attempt++) {
    try {
      return await putLevel(api, changeOf(latest, { ...changes, reason }));
    } catch (error) {
      const current = currentOf(error);
      // The response to an earlier attempt may have been lost. Then the level is already changed.
      if (current && fields.every((field) => current[field] === changes[field])) return current;
      const isTheirs = current && fields.some((field) => current[field] !== seen[field]);
      if (!current || isTheirs || attempt === ATTEMPTS_MAX) throw error;
      latest = current;
    }
  }
}

/** The level as it is now, if a change failed because it has another version. */
export function currentOf(error: unknown): Level | null {
  return error instanceof ApiProblem && error.code === "VERSION_CONFLICT" ? error.current : null;
}
