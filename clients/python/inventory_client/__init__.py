"""A typed client of the Real-Time Inventory Check API."""

from inventory_client.client import CheckoutClient, StorefrontClient
from inventory_client.errors import (
    AlreadyDecided,
    ApiError,
    HoldLimitReached,
    IdempotencyConflict,
    InsufficientStock,
    InvalidRequest,
    NotFound,
    PaymentUnfulfilled,
    Unavailable,
)
from inventory_client.model import Line, Reservation, Shortage, Stock, WarehouseStock

__all__ = [
    "AlreadyDecided",
    "ApiError",
    "CheckoutClient",
    "HoldLimitReached",
    "IdempotencyConflict",
    "InsufficientStock",
    "InvalidRequest",
    "Line",
    "NotFound",
    "PaymentUnfulfilled",
    "Reservation",
    "Shortage",
    "Stock",
    "StorefrontClient",
    "Unavailable",
    "WarehouseStock",
]
