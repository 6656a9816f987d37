export class StorefrontClient {
    /**
     * @param {object} options
     * @param {string} options.apiUrl the API's URL with its stage, for example https://….amazonaws.com/v1
     * @param {string} options.apiKey the storefront's API key
     * @param {typeof globalThis.fetch} [options.fetch]
     * @param {number} [options.attempts] how often a call is sent before it fails
     * @param {number} [options.timeoutMs] how long one attempt may take
     */
    constructor({ apiUrl, apiKey, ...options }: {
        apiUrl: string;
        apiKey: string;
        fetch?: typeof fetch | undefined;
        attempts?: number | undefined;
        timeoutMs?: number | undefined;
    });
    /**
     * The stock of one product.
     * @param {string} productId
     * @returns {Promise<Stock>}
     * @throws {NotFound} there is no such product
     */
    getStock(productId: string): Promise<Stock>;
    /**
     * The stock of any number of products, and the ids of products that do not exist. Asks for up to 100 in one call; what
     * did not change since the last same call is not sent again (ETag).
     * @param {Iterable<string>} productIds an id that no product can have is not asked for
     * @returns {Promise<StockList>}
     */
    listStock(productIds: Iterable<string>): Promise<StockList>;
    /**
     * Where changes of stock are pushed, and the key for it.
     * @returns {Promise<LiveStockAccess>}
     */
    getLiveStock(): Promise<LiveStockAccess>;
    #private;
}
export type Stock = components["schemas"]["Stock"];
export type StockList = components["schemas"]["StockList"];
export type LiveStockAccess = components["schemas"]["LiveStock"];
import type { components } from "../types/api.d.ts";
