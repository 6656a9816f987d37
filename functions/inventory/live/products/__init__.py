"""Products: what a storefront shows of them is pushed, and its changes are events."""
