import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { thisPage } from "inventory-client/live/page";
import { useEffect, useState } from "react";

import { throttle } from "@/lib/concurrency/throttle";
import { useApi } from "../client/ApiProvider";
import { REFRESH_MS } from "../queries/refresh";
import { followProduct } from "./followProduct";

/**
 * The pause between two reads after pushes. It limits what a product costs that changes many times a second.
 *
 * That of the holds, whose reads compare many rows, is a little shorter than their interval, so that they are not read twice.
 */
const PAUSE_MS = { levels: 2_000, movements: REFRESH_MS.list, holds: REFRESH_MS.trend - 5_000 };

/**
 * Read a product again when it changes, while the page is visible. Returns whether changes are pushed now.
 *
 * Without a connection the queries go on with their own intervals.
 */
export function useLiveProduct(product_id: string): boolean {
  const api = useApi();
  const queries = useQueryClient();
  const [isLive, setIsLive] = useState(false);
  useEffect(() => {
    let stop: () => void = () => undefined;

    function start() {
      stop();
      const reads = readsOf(queries, product_id);
      const unfollow = followProduct(api, product_id, {
        subscribed: () => {
          setIsLive(true);
          reads[0]?.call(); // a change before the subscription was not pushed
        },
        pushed: () => reads.forEach(({ call }) => call()),
        lost: () => setIsLive(false),
      });
      stop = () => {
        unfollow();
        reads.forEach(({ cancel }) => cancel());
        setIsLive(false);
      };
    }

    const page = thisPage();
    if (!page.isHidden()) start();
    const unlisten = page.listen({
      hidden: () => stop(),
      shown: start,
      offline: () => stop(),
      online: () => (page.isHidden() ? stop() : start()),
      left: () => stop(),
    });
    return () => {
      unlisten();
      stop();
    };
  }, [api, queries, product_id]);
  return isLive;
}

/** What a change of a product is read again for: its levels first. A quiet product's are read at once. */
function readsOf(queries: QueryClient, product_id: string) {
  return [
    throttle(() => queries.invalidateQueries({ queryKey: ["levels", "product", product_id] }), PAUSE_MS.levels),
    throttle(() => queries.invalidateQueries({ queryKey: ["movements", product_id] }), PAUSE_MS.movements),
    throttle(() => queries.invalidateQueries({ queryKey: ["reservations", "list", { product_id }] }), PAUSE_MS.holds),
  ];
}
