"""The local AWS knows the handlers of the template, and refuses others."""

import pytest

from tests.support.template.source import resource
from tools.local.event_api.handlers import admits, require_known


def test_the_handlers_of_the_template_are_known() -> None:
    require_known(resource("LiveStockNamespace")["CodeHandlers"])


def test_a_namespace_without_handlers_admits_every_channel() -> None:
    require_known(None)

    assert admits(None, ("stock", "*"))


@pytest.mark.parametrize(
    "code", ["export function onPublish(ctx) { return ctx.events }", "export function onSubscribe(ctx) {}"]
)
def test_other_handlers_are_refused(code: str) -> None:
    with pytest.raises(ValueError, match="runs no JavaScript"):
        require_known(code)
