/** Signatures, compared with those that botocore makes of the same requests. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { signedHeaders } from "../src/sigv4.js";

const API = "https://abc.execute-api.eu-central-1.amazonaws.com/v1";
const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const SCOPE = { region: "eu-central-1", service: "execute-api", now: new Date("2026-11-26T12:00:00.123Z") };

/**
 * @param {import("../src/sigv4.js").UnsignedRequest} request
 * @param {import("../src/sigv4.js").Credentials} [credentials]
 */
async function signatureOf(request, credentials = CREDENTIALS) {
  const { authorization } = await signedHeaders(request, credentials, SCOPE);
  return authorization?.replace(/.*Signature=/, "");
}

test("a request with a key and a body", async () => {
  const headers = { "content-type": "application/json", "idempotency-key": "order #1001" };
  const body = '{"lines":[{"product_id":"Käse & Brot","quantity":2}]}';

  const signature = await signatureOf({ method: "POST", url: `${API}/reservations`, headers, body });

  assert.equal(signature, "38681d32afab38499874245a1fd9e435d32bda66ef1f67d32efcd750035c10bd");
});

test("a query, and credentials that end", async () => {
  const url = `${API}/reservations?order_id=A%2FB%20%26%20%27C%27&cursor=x%3D`;

  const signature = await signatureOf({ method: "GET", url, headers: {} }, { ...CREDENTIALS, sessionToken: "a-token" });

  assert.equal(signature, "8791813f287ef5e2594c7f1b8d309ab96ac231b1b411be650d32ffa9a33ff3e6");
});

test("a port, and a path that is encoded", async () => {
  const url = "http://127.0.0.1:4566/_aws/execute-api/abc/v1/a%20b/x";

  const signature = await signatureOf({ method: "GET", url, headers: {} });

  assert.equal(signature, "cbea52a28cfaa9d993214fe7abc0ddc90af6e4d8014453da7ceadeb552420afc");
});
