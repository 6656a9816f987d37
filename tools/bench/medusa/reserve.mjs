// Reserves units with Medusa's inventory module, as Medusa ships it, for the seconds that each line of the input names.
// Input: {"case": "spread" | "hot", "seconds": 3}. Output, a line each: {"reserves", "seconds", "cpu_seconds"}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const { MikroORM, defineConfig } = require("@medusajs/framework/mikro-orm/postgresql");
const { CustomDBMigrator, Modules } = require("@medusajs/framework/utils");
// The index of the package needs all of Medusa.
const { initModules } = require("@medusajs/test-utils/dist/init-modules.js");

const { databaseUrl, products, concurrency } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const LOCATION = "main";
const BATCH = 500;

async function migrate() {
  const path = join(dirname(require.resolve("@medusajs/inventory")), "migrations");
  const orm = await MikroORM.init(
    defineConfig({
      clientUrl: databaseUrl,
      entities: [],
      discovery: { warnWhenNoEntities: false },
      migrations: { path, pathTs: path, silent: true, snapshot: false },
      extensions: [CustomDBMigrator],
    }),
  );
  await orm.getMigrator().up();
  await orm.close();
}

async function start() {
  const { medusaApp, shutdown } = await initModules({
    cwd: import.meta.dirname,
    injectedDependencies: { logger: { ...console, info: () => {}, debug: () => {} } },
    databaseConfig: { clientUrl: databaseUrl, schema: "public" },
    modulesConfig: {
      [Modules.INVENTORY]: { resolve: "@medusajs/inventory", options: { database: { clientUrl: databaseUrl } } },
      [Modules.EVENT_BUS]: { resolve: "@medusajs/event-bus-local" },
      [Modules.LOCKING]: { resolve: "@medusajs/locking" },
    },
  });
  return { inventory: medusaApp.modules[Modules.INVENTORY], locking: medusaApp.modules[Modules.LOCKING], shutdown };
}

async function stock(inventory) {
  const ids = [];
  for (let first = 0; first < products; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, products - first) }, (_, number) => first + number);
    const items = await inventory.createInventoryItems(numbers.map((number) => ({ sku: `P-${number}` })));
    ids.push(...items.map((item) => item.id));
    await inventory.createInventoryLevels(
      items.map((item) => ({ inventory_item_id: item.id, location_id: LOCATION, stocked_quantity: 10_000_000 })),
    );
  }
  return ids;
}

async function measure({ inventory, locking }, ids, seconds) {
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  const ends = began + seconds * 1000;
  let reserves = 0;
  async function shopper() {
    while (performance.now() < ends) {
      const id = ids[Math.floor(Math.random() * ids.length)];
      await locking.execute([id], () =>
        inventory.createReservationItems([{ inventory_item_id: id, location_id: LOCATION, quantity: 1 }]),
      );
      reserves += 1;
    }
  }
  await Promise.all(Array.from({ length: concurrency }, shopper));
  const cpu = process.cpuUsage(cpuBefore);
  return { reserves, seconds: (performance.now() - began) / 1000, cpu_seconds: (cpu.user + cpu.system) / 1e6 };
}

async function reserved(inventory, ids) {
  const levels = await inventory.listInventoryLevels({ inventory_item_id: ids }, { take: ids.length });
  return levels.reduce((sum, level) => sum + Number(level.reserved_quantity), 0);
}

await migrate();
const medusa = await start();
const ids = await stock(medusa.inventory);
let made = 0;
process.stdout.write(JSON.stringify({ ready: true }) + "\n");
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  const result = await measure(medusa, order.case === "hot" ? ids.slice(0, 1) : ids, order.seconds);
  made += result.reserves;
  process.stdout.write(JSON.stringify({ ...result, is_consistent: (await reserved(medusa.inventory, ids)) === made }) + "\n");
}
await medusa.shutdown();
process.exit(0);
