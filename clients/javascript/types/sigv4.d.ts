/**
 * @typedef {object} Credentials
 * @property {string} accessKeyId
 * @property {string} secretAccessKey
 * @property {string} [sessionToken]
 *
 * @typedef {object} UnsignedRequest
 * @property {string} method
 * @property {string} url
 * @property {Record<string, string>} headers in lower case
 * @property {string} [body]
 */
/**
 * The headers of a request, with those that sign it.
 * @param {UnsignedRequest} request
 * @param {Credentials} credentials
 * @param {{ region: string, service: string, now?: Date }} scope
 * @returns {Promise<Record<string, string>>}
 */
export function signedHeaders(request: UnsignedRequest, credentials: Credentials, { region, service, now }: {
    region: string;
    service: string;
    now?: Date;
}): Promise<Record<string, string>>;
/**
 * The SHA-256 of a text.
 * @param {string} text
 */
export function sha256(text: string): Promise<Uint8Array<ArrayBuffer>>;
export type Credentials = {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken?: string | undefined;
};
export type UnsignedRequest = {
    method: string;
    url: string;
    /**
     * in lower case
     */
    headers: Record<string, string>;
    body?: string | undefined;
};
