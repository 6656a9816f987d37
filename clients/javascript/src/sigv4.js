/**
 * Signs requests with AWS Signature Version 4, over Web Crypto: Node.js, Deno and workers have it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */

const ALGORITHM = "AWS4-HMAC-SHA256";

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
export async function signedHeaders(request, credentials, { region, service, now = new Date() }) {
  const url = new URL(request.url);
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const date = time.slice(0, 8);
  const { sessionToken } = credentials;
  const added = { "x-amz-date": time, ...(sessionToken ? { "x-amz-security-token": sessionToken } : {}) };
  const headers = { ...request.headers, ...added };
  const signed = Object.entries({ ...headers, host: url.host }).sort(byName);
  const names = signed.map(([name]) => name).join(";");
  const canonical = [
    request.method,
    canonicalPath(url),
    canonicalQuery(url),
    ...signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, " ")}`),
    "",
    names,
    hex(await sha256(request.body ?? "")),
  ].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = [ALGORITHM, time, scope, hex(await sha256(canonical))].join("\n");
  let key = bytes(`AWS4${credentials.secretAccessKey}`);
  for (const part of [date, region, service, "aws4_request"]) key = await hmac(key, part);
  const signature = hex(await hmac(key, text));
  const authorization = `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}

/**
 * The SHA-256 of a text.
 * @param {string} text
 */
export async function sha256(text) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes(text)));
}

/** Each part is encoded once more than in the URL. @param {URL} url */
function canonicalPath(url) {
  return url.pathname.split("/").map(encode).join("/");
}

/** @param {URL} url */
function canonicalQuery(url) {
  const parameters = [...url.searchParams].map(([name, value]) => [encode(name), encode(value)]);
  return parameters
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join("&");
}

/** @param {string} text */
function encode(text) {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * @param {[string, string]} one
 * @param {[string, string]} other
 */
function byName([one], [other]) {
  return one < other ? -1 : 1;
}

/**
 * @param {Uint8Array<ArrayBuffer>} key
 * @param {string} text
 */
async function hmac(key, text) {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytes(text)));
}

/** @param {string} text */
function bytes(text) {
  return new TextEncoder().encode(text);
}

/** @param {Uint8Array} data */
function hex(data) {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
