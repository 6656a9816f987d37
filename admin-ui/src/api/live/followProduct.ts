import { ApiError } from "inventory-client/errors";
import { systemClock } from "inventory-client/live/clock";
import { KeptConnection } from "inventory-client/live/kept-connection";

import { type Api, dataOf } from "../client/client";
import { ApiProblem } from "../client/problem";

interface ProductEvents {
  /** Changes are pushed from now on. */
  readonly subscribed: () => void;
  readonly pushed: () => void;
  /** Changes are not pushed until the connection is there again, which is tried with a backoff. */
  readonly lost: () => void;
}

/** Be pushed the changes of a product, until the function that it returns is called. */
export function followProduct(api: Api, product_id: string, on: ProductEvents): () => void {
  let channel = "";

  async function getLiveStock() {
    const access = await readAccess(api, product_id);
    channel = access.channel;
    return access;
  }

  const connection = new KeptConnection(
    { storefront: { getLiveStock }, WebSocket: globalThis.WebSocket, clock: systemClock },
    {
      opened: () => connection.subscribe(channel),
      subscribed: on.subscribed,
      received: on.pushed,
      lost: on.lost,
    },
  );
  connection.open();
  return () => connection.close();
}

/** Where to connect. A refusal is thrown as the client's error, which it does not try again soon. */
async function readAccess(api: Api, product_id: string) {
  try {
    return await dataOf(api.GET("/admin/live-stock", { params: { query: { product_id } } }));
  } catch (error) {
    if (error instanceof ApiProblem && !error.isTransient) throw new ApiError(error.status, {});
    throw error;
  }
}
