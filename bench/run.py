"""Benchmarks as ratios: each figure is divided by that of a baseline, a simpler program that takes turns with it in the same run.

    python bench/run.py --list                              # the measurements
    python bench/run.py                                     # all but those that are run by hand
    python bench/run.py searches pages                      # these
    python bench/run.py searches --engines embedded opensearch --ads 10000 100000
    python bench/run.py pages --before /tmp/before          # an earlier checkout too, where the measurement can
    python bench/run.py --data /tmp/bench                   # keeps the data sets for the next run
    python bench/run.py --data /tmp/bench --profile results # where the time of one kind of page goes
    python bench/run.py --markdown docs/benchmarks.md --json /tmp/figures.json

The data are seeded and made once. Each measurement has a process of its own. Its contestants take turns, in changing order, so
that the load of the machine is shared; a ratio can be compared between machines, a time cannot. `--markdown` replaces the
sections of these measurements in the document. `--before`: `git worktree add /tmp/before COMMIT && ln -s "$PWD/.venv"
/tmp/before/.venv`. BENCH_VERBOSE=1 shows what the measured processes print.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.harness import protocol, report  # noqa: E402 - after the path

ENGINES = ("embedded", "opensearch", "opensearch-3")


def list_measurements() -> dict[str, protocol.Measurement]:
    """Every measurement by its name, in the order of the document."""
    modules = sorted(path.stem for path in (ROOT / "bench" / "measurements").glob("*.py") if path.stem != "__init__")
    found: list[protocol.Measurement] = []
    for module in modules:
        values = vars(importlib.import_module(f"bench.measurements.{module}")).values()
        found += [value for value in values if isinstance(value, protocol.Measurement)]
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help="of the list; without any, all that are not run by hand")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--data", type=Path, help="folder in which the data sets are kept for the next run")
    parser.add_argument("--ads", type=int, nargs="+", help="active ads; several where the measurement compares sizes")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, help="an OpenSearch 2.19 or 3.8 is started for the run")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--before", type=Path, help="another checkout, measured in turn with this one")
    parser.add_argument("--pid", type=int, help="process of a running demo, for `demo`")
    parser.add_argument("--profile", metavar="KIND", help="print where the time of a kind of page goes, and stop")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--markdown", type=Path, help="document whose sections are replaced")
    parser.add_argument("--rows", type=Path, help=argparse.SUPPRESS)  # of the process that measures
    options = parser.parse_args()
    known = list_measurements()
    if unknown := [name for name in options.names if name not in known]:
        parser.error(f"there is no measurement {unknown[0]}: {', '.join(known)}")
    if options.list:
        print_list(known.values())
        return 0
    if options.profile:
        return profile_page(options.profile, options.data)
    if options.rows:
        measure_here(known[options.names[0]], options)
        return 0
    names = options.names or [name for name, one in known.items() if not one.by_hand]
    return run([known[name] for name in names], options)


def print_list(measurements: Iterable[protocol.Measurement]) -> None:
    for one in measurements:
        print(f"{one.name:18} {one.title}: {one.sample}.{f' By hand: {one.by_hand}.' if one.by_hand else ''}")


def run(measurements: list[protocol.Measurement], options: argparse.Namespace) -> int:
    """Measures one after another, each in a process of its own, and reports."""
    sections: dict[str, tuple[str, str]] = {}
    figures: list[dict[str, Any]] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        data = (options.data or Path(temporary)).resolve()
        for one in measurements:
            arguments = build_arguments(one, options)
            machine, rows_file = report.describe_machine(), Path(temporary) / f"{one.name}.json"
            command = [sys.executable, str(ROOT / "bench/run.py"), *arguments, "--data", str(data), "--rows", str(rows_file)]
            output = None if os.environ.get("BENCH_VERBOSE") else subprocess.DEVNULL
            failure = subprocess.run(command, cwd=ROOT, stdout=output).returncode
            rows = [protocol.Row(**row) for row in json.loads(rows_file.read_text())] if rows_file.exists() else []
            if failure:
                failed.append(one.name)
                print(f"\n{one.title}, until it failed:\n\n{report.format_rows(one, rows)}", flush=True)
                continue
            text = report.format_section(one, rows, f"python bench/run.py {' '.join(arguments)}", machine)
            sections[one.name] = (one.title, text)
            about = {"measurement": one.name, "unit": one.unit, "day": report.get_day(), "machine": machine}
            figures += [about | row.as_json() for row in rows]
            print(f"\n## {one.title}\n\n{text}", flush=True)
            if options.markdown:
                report.write_sections(options.markdown, {one.name: sections[one.name]})
            if options.json:
                options.json.write_text(json.dumps(figures, indent=2) + "\n")
    if failed:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


def build_arguments(measurement: protocol.Measurement, options: argparse.Namespace) -> list[str]:
    """The arguments that repeat a measurement; also what the report states."""
    arguments = [measurement.name]
    for name in ("ads", "engines"):
        if values := getattr(options, name):
            arguments += [f"--{name}", *map(str, values)]
    for name in ("rounds", "before", "pid"):
        if (value := getattr(options, name)) is not None:
            arguments += [f"--{name}", str(value)]
    return arguments


def profile_page(kind: str, data: Path | None) -> int:
    from bench.harness import datasets, site

    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        loaded = datasets.provide_feed_ads((data or Path(temporary)).resolve(), 10_000)
        folder = datasets.provide_site(ROOT, loaded, loaded.parent / f"site-{loaded.name}-site")
        command = [sys.executable, str(ROOT / "bench/sites/pages.py"), "profile", kind]
        return subprocess.run(command, cwd=ROOT, env=site.build_environment(folder)).returncode


def measure_here(measurement: protocol.Measurement, options: argparse.Namespace) -> None:
    chosen = protocol.Options(
        data=options.data,
        ads=tuple(options.ads or measurement.ads),
        engines=tuple(options.engines or measurement.engines),
        rounds=options.rounds or measurement.rounds,
        before=options.before.resolve() if options.before else None,
        pid=options.pid,
    )
    rows = []
    for row in protocol.measure(measurement, chosen):
        rows.append(row.as_json())
        options.rows.write_text(json.dumps(rows))


if __name__ == "__main__":
    sys.exit(main())
