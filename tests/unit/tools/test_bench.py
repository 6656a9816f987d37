"""The parts of `make bench`: which run, what is written, and what is said of one that cannot run."""

import json
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from tools.bench import __main__ as bench
from tools.bench import lookup, parts
from tools.bench.pairs import Measured, figures_of, measured
from tools.bench.part import CannotRun


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the figures are written."""
    file = tmp_path / ".local" / "bench.json"
    monkeypatch.setattr(bench, "FILE", file)
    monkeypatch.setattr(bench, "PROJECT", tmp_path)
    return file


def given(monkeypatch: pytest.MonkeyPatch, **results: dict[str, float] | Exception) -> None:
    """Parts that have these figures, or that end with these errors."""

    def measure(name: str, sizes: tuple[int, ...] = ()) -> dict[str, float]:
        result = results[name]
        if isinstance(result, Exception):
            raise result
        return result

    monkeypatch.setattr(parts, "PARTS", tuple(results))
    monkeypatch.setattr(bench, "measure", measure)
    monkeypatch.setattr(bench, "table_of", parts.general_table)


def test_all_figures_are_in_one_flat_object(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, lookup={"lookup.1000.read_units": 1.0}, warm={"warm.reserve_stock": 1.1})

    assert bench.main([]) == 0

    assert json.loads(file.read_text()) == {"lookup.1000.read_units": 1.0, "warm.reserve_stock": 1.1}


def test_only_the_chosen_parts_run_in_their_order(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, hot={"hot.1.25.given_up": 0.0}, warm=RuntimeError("not chosen"), lookup={"lookup.1.x": 1.0})

    assert bench.main(["--parts", "lookup hot  lookup"]) == 0

    assert list(json.loads(file.read_text())) == ["hot.1.25.given_up", "lookup.1.x"]


def test_a_part_that_does_not_exist_is_one_sentence_and_nothing_runs(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, hot=RuntimeError("it ran"), lookup=RuntimeError("it ran"))

    assert bench.main(["--parts", "hot warmth"]) == 1

    assert capsys.readouterr() == ("", "There is no part 'warmth'. The parts are hot, lookup.\n")
    assert not file.exists()


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ("many", "A size is a whole number from 1 to 10000000, not 'many'."),
        ("500,000", "not '500,000'. Separate several by spaces"),
        ("0", "not '0'."),
        ("1000", "The part hot has no sizes. Those that have are lookup, files, growth"),
    ],
)
def test_sizes_that_are_not_usable_are_one_sentence_and_nothing_runs(
    sizes: str, sentence: str, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, hot=RuntimeError("it ran"), lookup=RuntimeError("it ran"))

    assert bench.main(["--parts", "lookup hot", "--sizes", sizes]) == 1

    assert sentence in capsys.readouterr().err
    assert not file.exists()


def test_a_part_measures_in_the_sizes_that_are_given(file: Path) -> None:
    assert bench.main(["--parts", "lookup", "--sizes", "200  300 200"]) == 0

    assert {key.split(".")[1] for key in json.loads(file.read_text())} == {"200", "300"}


def test_a_size_for_which_the_machine_has_too_little_memory_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.sysconf", lambda name: {"SC_PAGE_SIZE": 4_096, "SC_PHYS_PAGES": 2**20}[name])

    assert bench.main(["--parts", "growth", "--sizes", "500000"]) == 1

    assert "DynamoDB Local needs 11 GB of memory at 500,000, and this machine has 4 GB." in capsys.readouterr().out


def test_a_part_that_cannot_run_here_is_named_and_the_others_run(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, cold_start=CannotRun("valgrind is not installed."), lookup={"lookup.1.x": 1.0})

    assert bench.main([]) == 0

    assert "cold_start cannot run here: valgrind is not installed." in capsys.readouterr().out
    assert json.loads(file.read_text()) == {"lookup.1.x": 1.0}


def test_a_part_that_fails_stops_no_other_but_the_command_fails(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, http=OSError("no port is free"), lookup={"lookup.1.x": 1.0})

    assert bench.main([]) == 1

    assert capsys.readouterr().err == "http failed: no port is free\n"
    assert json.loads(file.read_text()) == {"lookup.1.x": 1.0}


def test_ctrl_c_leaves_the_figures_of_the_run_before(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, lookup={"lookup.1.x": 1.0})
    bench.main([])
    given(monkeypatch, hot={"hot.1.25.given_up": 0.0})
    monkeypatch.setattr(bench, "table_of", lambda name, figures: stopped())

    assert bench.main([]) == 130

    assert json.loads(file.read_text()) == {"lookup.1.x": 1.0}


def stopped() -> Table:
    """Ctrl-C."""
    raise KeyboardInterrupt


def test_a_module_of_two_parts_measures_once_and_each_part_has_its_own_figures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured_by: list[str] = []

    class Module:
        @staticmethod
        def figures() -> dict[str, float]:
            measured_by.append("module")
            return {"warm.reserve": 1.1, "warm.commit": 1.2, "lookup.10.read_units": 1.0}

    monkeypatch.setattr(parts, "MODULES", dict.fromkeys(("warm", "lookup", "cold_start"), "a module of tests"))
    monkeypatch.setattr("importlib.import_module", lambda name: Module)

    assert parts.measure("warm") == {"warm.reserve": 1.1, "warm.commit": 1.2}
    assert parts.measure("lookup") == {"lookup.10.read_units": 1.0}
    with pytest.raises(CannotRun, match="valgrind, which is not installed"):
        parts.measure("cold_start")
    assert measured_by == ["module"]


def text_of(table: Table) -> str:
    """A table as it is printed."""
    console = Console(width=120, color_system=None)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def test_a_general_table_has_a_row_for_each_case_and_a_column_for_each_figure() -> None:
    figures = {"hot.8.240.orders_per_second": 239.8, "hot.8.240.given_up": 0.0, "hot.1.60.given_up": 3.0}

    rows = [line.split() for line in text_of(parts.general_table("hot", figures)).splitlines()]

    assert ["│", "hot.8.240", "│", "239.80", "│", "0", "│"] in rows
    assert ["│", "hot.1.60", "│", "│", "3", "│"] in rows


def test_figures_that_share_no_column_are_a_list() -> None:
    figures = {"warm.reserve_stock": 1.08, "warm.commit_stock": 1.05}

    rows = [line.split() for line in text_of(parts.general_table("warm", figures)).splitlines()]

    assert ["│", "warm.commit_stock", "│", "1.05", "│"] in rows


def test_our_code_and_the_bare_calls_are_called_equally_often() -> None:
    calls: list[str] = []

    [row] = measured({"reserve": (lambda: calls.append("ours"), lambda: calls.append("bare"))}, rounds=20)

    assert calls == ["ours", "bare"] * 22  # two of them to warm up
    assert row.ratio > 0


def test_the_name_of_an_operation_becomes_a_key() -> None:
    figures = figures_of("http", [Measured("reserve 1 line, decided", 3.0, 2.0)])

    assert figures["http.reserve_1_line_decided.ratio"] == 1.5


# --- the units of lookups


def test_a_lookup_costs_the_same_in_a_large_shop() -> None:
    figures = lookup.figures((200, 2_000))

    assert figures["lookup.200.read_units"] == figures["lookup.2000.read_units"] == 2.0
    assert figures["lookup.200.read_units_of_100_products"] == figures["lookup.2000.read_units_of_100_products"] == 200


def test_the_units_of_a_query_follow_from_what_it_read_in_all() -> None:
    rows = [{"name": {"S": "x" * 3_000}}] * 3  # 9 KB in all: three units of 4 KB

    assert lookup.units_read("Query", {"ConsistentRead": True}, {"Items": rows}) == 3.0
    assert lookup.units_read("Query", {}, {"Items": rows}) == 1.5


def test_the_units_of_a_batch_follow_from_each_item_also_from_those_that_are_not_found() -> None:
    row = {"name": {"S": "x" * 5_000}}
    request = {"RequestItems": {"levels": {"Keys": [{}, {}, {}], "ConsistentRead": True}}}

    assert lookup.units_read("BatchGetItem", request, {"Responses": {"levels": [row]}}) == 2.0 + 2 * 1.0


def test_a_read_whose_units_do_not_follow_from_its_answer_is_an_error() -> None:
    with pytest.raises(ValueError, match="is more than what it answers"):
        lookup.units_read("Query", {"FilterExpression": "active"}, {"Items": []})
    with pytest.raises(ValueError, match="does not call PutItem"):
        lookup.units_read("PutItem", {}, {})
