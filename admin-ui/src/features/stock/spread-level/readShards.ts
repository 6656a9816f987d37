import { SHARDS_MAX } from "@/api/limits";

/** Read a number of shards that the user typed; null if it is not valid. */
export function readShards(typed: string): number | null {
  const shards = /^\d{1,2}$/.test(typed.trim()) ? Number(typed) : 0;
  return shards >= 1 && shards <= SHARDS_MAX ? shards : null;
}
