/** The web components. Importing this module defines them. */

import { HoldCountdown } from "./hold-countdown.js";
import { InventorySettings, configure, liveStock } from "./settings.js";
import { StockStatus } from "./stock-status.js";

const ELEMENTS = {
  "inventory-settings": InventorySettings,
  "stock-status": StockStatus,
  "hold-countdown": HoldCountdown,
};

for (const [name, element] of Object.entries(ELEMENTS)) {
  if (!customElements.get(name)) customElements.define(name, element);
}

export { HoldCountdown, InventorySettings, StockStatus, configure, liveStock };
