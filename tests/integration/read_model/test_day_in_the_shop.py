"""A day in the shop: a model that followed it and one that is built from the tables are equal."""

import pytest

from tests.support.read_model.day import ReadModelDay

STEPS = 150


@pytest.mark.parametrize("seed", range(1, 7))
def test_a_model_that_followed_is_equal_to_a_rebuilt_one(seed: int) -> None:
    day = ReadModelDay(seed)
    day.opens()
    day.model.runs()
    for _ in range(STEPS):
        day.goes_on()
    day.ends()

    rebuilt = day.another_model()

    followed, expected = day.model.state(), rebuilt.state()
    for part, content in expected.items():
        assert followed[part] == content, part
    assert expected["levels"] and expected["reservations"] and expected["refunds"]
