"""The log line and the metrics of a return or a dispatch, written by the run that made it."""

from collections.abc import Iterable

from inventory.after_sale.requests import Disposition
from inventory.model import Holding, Reservation, Returned
from inventory.observability import logger, measure


def record_return(changed: Reservation, returned: Iterable[Returned], disposition: Disposition) -> None:
    """Log and count returned units."""
    units = sum(part.units for part in returned)
    logger.info("units were returned", order_id=changed.order_id, units=units, disposition=disposition)
    measure({"UnitsReturned": units}, by={"disposition": disposition})


def record_dispatch(changed: Reservation, dispatched: Iterable[Holding]) -> None:
    """Log and count dispatched units."""
    units = sum(part.quantity for part in dispatched)
    logger.info("units were dispatched", order_id=changed.order_id, units=units)
    measure({"UnitsDispatched": units})
