"""Stock: levels, the ledger, changes by hand, lookup and low-stock alerts."""
