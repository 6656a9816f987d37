"""A typed client of the Real-Time Inventory Check API."""

from inventory_client.checkout import CheckoutClient
from inventory_client.errors import (
    AlreadyDecided,
    ApiError,
    HoldLimitReached,
    IdempotencyConflict,
    InsufficientStock,
    InvalidRequest,
    NotFound,
    PaymentUnfulfilled,
    TooManyIds,
    Unavailable,
)
from inventory_client.model import (
    Line,
    Money,
    PaymentOutcome,
    Reservation,
    ReservationList,
    ReservationStatus,
    Shortage,
    Source,
    Stock,
    StockList,
    StockStatus,
    WarehouseStock,
)
from inventory_client.storefront import StorefrontClient

__all__ = [
    "AlreadyDecided",
    "ApiError",
    "CheckoutClient",
    "HoldLimitReached",
    "IdempotencyConflict",
    "InsufficientStock",
    "InvalidRequest",
    "Line",
    "Money",
    "NotFound",
    "PaymentOutcome",
    "PaymentUnfulfilled",
    "Reservation",
    "ReservationList",
    "ReservationStatus",
    "Shortage",
    "Source",
    "Stock",
    "StockList",
    "StockStatus",
    "StorefrontClient",
    "TooManyIds",
    "Unavailable",
    "WarehouseStock",
]
