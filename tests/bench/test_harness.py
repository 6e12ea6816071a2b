"""The benchmarks' harness: turns, medians, ratios, tables, and sections of a document. No time is measured."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench import run
from bench.harness import report
from bench.harness.protocol import Case, Measurement, Options, Sample, collect, make_reading, measure, summarise, time_each

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "benchmarks.md"


def give(values):
    """A contestant whose rounds have these samples, one after another."""
    rounds = iter(values)
    return lambda: [Sample(value, cpu) for value, cpu in next(rounds)]


def measurement_of(case, **fields):
    values = {"name": "x", "title": "X", "sample": "one call", "baseline": "", "make_cases": lambda options: iter([case])}
    return Measurement(**values | fields)


def test_contestants_take_turns_in_changing_order_and_warm_up_is_not_counted():
    asked = []

    def ask(name):
        return lambda: asked.append(name) or [Sample(len(asked))]

    taken = collect(Case("", {"baseline": ask("baseline"), "site": ask("site")}), rounds=2, warm_up=1)
    assert asked == ["site", "baseline", "baseline", "site", "site", "baseline"]
    assert [samples[0].value for samples in taken["baseline"]] == [3, 6]


def test_the_ratio_is_of_the_medians_of_each_round():
    taken = {
        "baseline": [[Sample(1), Sample(9), Sample(2)], [Sample(10)], [Sample(4)]],
        "site": [[Sample(4)], [Sample(50)], [Sample(4)]],
    }
    (row,) = summarise(Case("words", dict.fromkeys(taken, list)), taken, "clock")
    assert (row.ratio, row.lowest, row.highest) == (2, 1, 5)
    assert (row.median, row.baseline_median, row.rounds, row.samples) == (4, 4, 3, 3)
    assert row.p95 is None  # of three samples


def test_the_ratio_can_be_of_processor_time():
    taken = {"baseline": [[Sample(100, 1)]], "site": [[Sample(100, 3)]]}
    (row,) = summarise(Case("", dict.fromkeys(taken, list)), taken, "processor")
    assert (row.ratio, row.baseline_median, row.cpu) == (3, 1, 3)


def test_the_highest_of_an_extra_figure_is_shown():
    taken = {"site": [[Sample(1, None, {"queries": 3})], [Sample(1, None, {"queries": 5})]]}
    (row,) = summarise(Case("", dict.fromkeys(taken, list), baseline=""), taken, "clock")
    assert row.extra == {"queries": 5}
    assert row.ratio is None


def test_a_table_has_only_the_columns_that_say_something():
    case = Case("words", {"baseline": give([[(2, 1)]]), "site": give([[(5, 4)]])})
    measurement = measurement_of(case, warm_up=0)
    rows = [*measure(measurement, Options(Path("x"), rounds=1))]
    assert report.format_rows(measurement, rows).splitlines() == [
        "|  | median, ms | processor, ms | baseline, ms | ÷ baseline | spread |",
        "| --- | --- | --- | --- | --- | --- |",
        "| words | 5 | 4 | 2 | 2.5 | 2.5–2.5 |",
    ]


def test_a_section_states_how_it_was_measured():
    measurement = measurement_of(make_reading("memory, MB", lambda: 337.4), by="processor", baseline="nothing", warm_up=0)
    text = report.format_section(measurement, [], "python bench/run.py x", "2 cores")
    assert text.startswith(
        f"`python bench/run.py x`, {report.get_day()}, 2 cores. One sample: one call. Baseline: nothing. The ratio is"
    )


def test_a_figure_that_is_read_once_has_no_ratio():
    measurement = measurement_of(make_reading("memory, MB", lambda: 337.4), unit="", warm_up=0)
    rows = [*measure(measurement, Options(Path("x"), rounds=1))]
    assert report.format_rows(measurement, rows).splitlines()[-1] == "| memory, MB | 337 |"


def test_each_input_is_one_sample_and_a_server_s_time_is_shared_by_the_round():
    asked = []
    samples = time_each(asked.append, ["a", "b"])
    assert asked == ["a", "b"]
    assert len(samples) == 2 and all(sample.value >= 0 for sample in samples)
    shared = time_each(asked.append, ["a", "b"], server=os.getpid())
    assert shared[0].cpu == shared[1].cpu is not None


@pytest.mark.parametrize(("number", "text"), [(None, ""), (3, "3"), (0.01234, "0.0123"), (12.34, "12.3"), (1234.5, "1,234")])
def test_numbers_have_three_digits(number, text):
    assert report.format_number(number) == text


def test_a_section_is_replaced_and_the_text_around_it_stays():
    document = "# Benchmarks\n\nBefore.\n\n<!-- begin a -->\nold\n<!-- end a -->\n\nAfter.\n"
    replaced = report.replace_sections(document, {"a": ("A", r"new \1"), "b": ("B", "added")})
    assert replaced == (
        "# Benchmarks\n\nBefore.\n\n<!-- begin a -->\nnew \\1\n<!-- end a -->\n\nAfter.\n\n"
        "## B\n\n<!-- begin b -->\nadded\n<!-- end b -->\n"
    )


def test_every_measurement_has_a_name_of_its_own_and_describes_itself():
    found = run.list_measurements()
    for name, one in found.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert one.title and one.sample and not one.sample.endswith(".")
        assert one.by in ("clock", "processor")
    titles = [one.title for one in found.values()]
    assert len(set(titles)) == len(titles) >= 20


def test_the_document_has_a_section_for_every_measurement_and_for_no_other():
    document = DOCUMENT.read_text()
    begun = re.findall(r"<!-- begin (\S+) -->", document)
    assert begun == re.findall(r"<!-- end (\S+) -->", document)
    assert sorted(begun) == sorted(run.list_measurements())


def test_measurements_that_documents_name_exist():
    known = run.list_measurements()
    for path in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for name in re.findall(r"bench/run\.py ([a-z-]+)", path.read_text()):
            assert name in known or name.startswith("--"), f"{path.name} names {name}"


@pytest.mark.processes
def test_the_command_names_an_unknown_measurement():
    done = subprocess.run([sys.executable, "bench/run.py", "nothing"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "there is no measurement nothing" in done.stderr
