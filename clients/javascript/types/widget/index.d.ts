import { HoldCountdown } from "./hold-countdown.js";
import { InventorySettings } from "./settings.js";
import { StockStatus } from "./stock-status.js";
import { configure } from "./settings.js";
import { liveStock } from "./settings.js";
export { HoldCountdown, InventorySettings, StockStatus, configure, liveStock };
