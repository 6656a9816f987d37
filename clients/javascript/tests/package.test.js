/** What is committed and published: its size, and that it imports. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const PACKAGE = new URL("..", import.meta.url);
const WIDGET_BYTES_MAX = 10_240;

test("the web components are at most 10 KB, compressed together", () => {
  const size = gzipSync(readFileSync(new URL("inventory-widget.js", PACKAGE))).length;

  assert.ok(size <= WIDGET_BYTES_MAX, `${size} bytes`);
});

test("the package imports without a browser", async () => {
  const client = await import("inventory-client");
  const { CheckoutClient } = await import("inventory-client/checkout");

  assert.equal(typeof client.LiveStock, "function");
  assert.equal(typeof client.StorefrontClient, "function");
  assert.equal(client.CheckoutClient, CheckoutClient);
});

test("the file for browsers has the clients of a page and not that of a server", async () => {
  const served = await import("inventory-client/api-client.js");

  assert.equal(typeof served.LiveStock, "function");
  assert.ok(!("CheckoutClient" in served));
});

test("every file that the package exports exists, and it needs no other package", () => {
  const { exports, dependencies } = JSON.parse(readFileSync(new URL("package.json", PACKAGE), "utf8"));
  const files = Object.values(exports).flatMap((entry) => (typeof entry === "string" ? entry : Object.values(entry)));

  assert.deepEqual(
    files.filter((file) => !existsSync(new URL(file, PACKAGE))),
    [],
  );
  assert.equal(dependencies, undefined);
});
