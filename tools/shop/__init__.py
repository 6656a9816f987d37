"""The example storefront and checkout service, on a local AWS."""

from tools.shop.shop import Shop, open_shop

__all__ = ["Shop", "open_shop"]
