/**
 * The JSON of an answer whose body may be lost on its way.
 * @param {Response} response
 */
export function jsonOf(response: Response): Promise<any>;
/**
 * @typedef {object} Options
 * @property {typeof globalThis.fetch} [fetch]
 * @property {number} [attempts] how often a call is sent before it fails
 * @property {number} [timeoutMs] how long one attempt may take
 */
export class Http {
    /** @param {Options} options */
    constructor({ fetch, attempts, timeoutMs }: Options);
    /**
     * Send a request, with retries. The answer is that of success, or 304.
     * @param {() => Promise<Request> | Request} request makes it again for each attempt: a signature contains the time
     * @returns {Promise<Response>}
     */
    send(request: () => Promise<Request> | Request): Promise<Response>;
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
