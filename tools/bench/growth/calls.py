"""The calls that the administrators' page makes, each as a person would cause it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.http.gateway import Answer, Caller


@dataclass(frozen=True)
class Known:
    """What there is in the shop, to ask for."""

    product_id: str
    warehouse_id: str
    order_id: str
    customer_id: str
    reservation_id: str
    payment_reference: str


Call = Callable[[Caller], Answer]


def calls(known: Known) -> dict[str, Call]:
    """The calls by their names."""
    part_of_order = known.order_id[-4:]
    part_of_payment = known.payment_reference[5:17]
    return {
        "overview": _get("/admin/overview"),
        "running_out": _get("/admin/attention", limit="50"),
        "lost_demand": _get("/admin/lost-demand"),
        "levels": _get("/admin/inventory", limit="50"),
        **{
            f"levels_by_{column}": _get("/admin/inventory", limit="50", sort=column, order="desc")
            for column in (
                "product_id",
                "name",
                "category",
                "warehouse_id",
                "on_hand",
                "reserved",
                "available",
                "low_stock_threshold",
                "updated_at",
            )
        },
        "levels_second_page": _second_page("/admin/inventory", limit="50", sort="available"),
        "levels_of_a_category_by_available": _get(
            "/admin/inventory", limit="50", category="category 7", sort="available"
        ),
        "levels_low_in_a_warehouse": _get("/admin/inventory", limit="50", status="LOW_STOCK", warehouse_id="north"),
        "levels_with_a_frequent_word": _get("/admin/inventory", limit="50", search="theiere grosse"),
        "levels_with_a_rare_part": _get("/admin/inventory", limit="50", search=known.product_id[6:11]),
        "levels_without_a_match": _get("/admin/inventory", limit="50", search="samovar"),
        "level": _get("/admin/level", product_id=known.product_id, warehouse_id=known.warehouse_id),
        "levels_of_a_product": _get("/admin/levels", product_id=known.product_id),
        "movements": _get("/admin/movements", product_id=known.product_id, limit="50"),
        "reservations": _get("/admin/reservations", limit="50"),
        "reservations_rejected": _get("/admin/reservations", limit="50", status="REJECTED"),
        "reservations_with_an_order": _get("/admin/reservations", limit="50", search=known.order_id),
        "reservations_with_a_part_of_an_order": _get("/admin/reservations", limit="50", search=part_of_order),
        "reservations_with_a_part_of_a_payment": _get("/admin/reservations", limit="50", search=part_of_payment),
        "refunds": _get("/admin/refunds", limit="50"),
        "failed_executions": _get("/admin/executions", limit="50"),
        "search_a_word": _get("/admin/search", query="theiere"),
        "search_a_part_of_a_payment": _get("/admin/search", query=part_of_payment),
        "search_without_a_match": _get("/admin/search", query="samovar"),
        "timeline_of_an_order": _get("/admin/timeline", order_id=known.order_id),
        "timeline_of_a_customer": _get("/admin/timeline", customer_id=known.customer_id),
    }


def _get(path: str, **query: Any) -> Call:
    return lambda caller: caller.get(path, **query)


def _second_page(path: str, **query: Any) -> Call:
    cursors: dict[str, str] = {}  # the first page is read once, and not measured

    def call(caller: Caller) -> Answer:
        if not cursors:
            cursors["cursor"] = caller.get(path, **query).content["cursor"]
        return caller.get(path, **query, **cursors)

    return call
