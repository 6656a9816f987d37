/**
 * @typedef {object} Options
 * @property {typeof globalThis.fetch} [fetch]
 * @property {number} [attempts] how often a call is sent before it fails
 * @property {number} [timeoutMs] how long one attempt may take
 */
/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {string | null} etag
 * @property {any} content
 */
export class Http {
    /** @param {Options} options */
    constructor({ fetch, attempts, timeoutMs }: Options);
    /**
     * Send a request, with retries. The answer is that of success, or 304.
     * @param {() => Promise<Request> | Request} request makes it again for each attempt: a signature contains the time
     * @returns {Promise<Answer>}
     */
    send(request: () => Promise<Request> | Request): Promise<Answer>;
    #private;
}
export type Options = {
    fetch?: typeof fetch | undefined;
    /**
     * how often a call is sent before it fails
     */
    attempts?: number | undefined;
    /**
     * how long one attempt may take
     */
    timeoutMs?: number | undefined;
};
export type Answer = {
    status: number;
    etag: string | null;
    content: any;
};
