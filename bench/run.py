"""Benchmarks as ratios: each figure is the site's time divided by that of a bare library, which takes turns with it.

    python bench/run.py                                    # all of the embedded engine, 10,000 ads of the fake feed
    python bench/run.py rebuild changed --engines embedded opensearch     # these, on both engines
    python bench/run.py --data /tmp/pages                  # keeps the ads for the next run (shared with bench/pages.py)
    python bench/run.py --before /tmp/before --json out    # an earlier checkout too; the figures also as JSON

rebuild: the whole index, with the documents that the database keeps. analysis: the same after a change of the analysis, when it
keeps none. changed: a thousand ads, from the commit of their new texts until they are found. words: one page of a search for a
word among 100,000 generated ads. A round measures every checkout and the bare library once, in alternating order, so that the
machine's load is equal for all. Seeded: each run has the same ads and changes. Markdown is printed, median and spread (lowest and
highest round).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import pages  # noqa: E402 - after the path

# name: (command of the site, command of the bare library, engines)
FIGURES = {
    "rebuild": ("rebuild", "bare rebuild", ("embedded", "opensearch")),
    "analysis": ("analysis", "bare rebuild", ("embedded", "opensearch")),
    "changed": ("changed", "bare changed", ("embedded", "opensearch")),
    "words": ("words", "bare words", ("embedded",)),
}


class Child:
    """A process that measures with one checkout's code."""

    def __init__(self, checkout: Path, folder: Path, search_url: str) -> None:
        environment = pages.environment(folder)
        self._process = subprocess.Popen(
            [pages.find_python(checkout), str(ROOT / "bench/indexing_site.py")],
            cwd=checkout,
            env=environment | {"SEARCH_URL": search_url or environment["SEARCH_URL"], "BENCH_FOLDER": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("BENCH_VERBOSE") else subprocess.DEVNULL,
            text=True,
        )
        self._read()

    def measure(self, command: str) -> dict[str, float]:
        assert self._process.stdin
        print(command, file=self._process.stdin, flush=True)
        measured: dict[str, float] = json.loads(self._read())
        return measured

    def close(self) -> None:
        self._process.communicate()

    def _read(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("A measuring process has ended; BENCH_VERBOSE=1 shows its errors.")
        return line


def copy_loaded(loaded: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    for file in loaded.glob("db.sqlite3*"):
        shutil.copy(file, folder)
    return folder


def measure_engine(engine: str, names: list[str], children: dict[str, Child], rounds: int) -> list[dict[str, Any]]:
    """One row of figures for each name and checkout."""
    bare = children["now"]
    taken: dict[tuple[str, str], list[dict[str, float]]] = {}
    if {"rebuild", "changed"} & {*names}:
        for child in children.values():
            child.measure("rebuild")  # not counted: there is no index yet, and the database keeps no documents
    for number in range(rounds):
        for name in names:
            command, bare_command, engines = FIGURES[name]
            if engine not in engines:
                continue
            order = sorted(children, reverse=bool(number % 2))
            for checkout in order:
                if name == "changed" and engine == "opensearch":
                    # Both checkouts use the server's one alias: each needs its own index to be the live one.
                    children[checkout].measure("rebuild")
                taken.setdefault((name, checkout), []).append(children[checkout].measure(command))
            taken.setdefault((name, "bare"), []).append(bare.measure(bare_command))
            print(f"{engine}, round {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
    rows = []
    for (name, checkout), measured in taken.items():
        if checkout == "bare":
            continue
        floor = taken[name, "bare"]
        ratios = [one["seconds"] / other["seconds"] for one, other in zip(measured, floor, strict=True)]
        rows.append(
            {
                "figure": name,
                "engine": engine,
                "checkout": checkout,
                "ratio": statistics.median(ratios),
                "lowest": min(ratios),
                "highest": max(ratios),
                "seconds": statistics.median(one["seconds"] for one in measured),
                "cpu_seconds": statistics.median(one["cpu"] for one in measured),
                "bare_seconds": statistics.median(one["seconds"] for one in floor),
                "rounds": len(ratios),
            }
        )
    return rows


def format_rows(rows: list[dict[str, Any]]) -> str:
    lines = [
        "| figure | engine | checkout | ÷ bare | spread | seconds | processor seconds | bare seconds |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {row['figure']} | {row['engine']} | {row['checkout']} | {row['ratio']:.2f} "
        f"| {row['lowest']:.2f}–{row['highest']:.2f} | {row['seconds']:.3g} | {row['cpu_seconds']:.3g} "
        f"| {row['bare_seconds']:.3g} |"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(FIGURES)}; all without any")
    parser.add_argument("--ads", type=int, default=10_000)
    parser.add_argument("--data", type=Path, help="folder in which the ads are kept for the next run")
    parser.add_argument("--before", type=Path, help="another checkout, measured in turn with this one")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--engines",
        nargs="+",
        choices=("embedded", "opensearch"),
        default=["embedded"],
        help="an OpenSearch 2.19 is started for the run",
    )
    parser.add_argument("--json", type=Path, help="file for the figures")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in FIGURES]:
        parser.error(f"there is no figure {unknown[0]}: {', '.join(FIGURES)}")
    names = options.names or list(FIGURES)
    checkouts = {"now": ROOT} | ({"before": options.before.resolve()} if options.before else {})
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        loaded = (options.data or Path(temporary)) / "loaded"
        if not loaded.exists():
            pages.make_ads(checkouts.get("before", ROOT), loaded, options.ads)
        urls = dict.fromkeys(options.engines, "")
        if "opensearch" in urls:
            from tests.opensearch import nodes

            node = nodes.start("2.19")
            stack.callback(node.stop)
            urls["opensearch"] = node.url
        for engine, url in urls.items():
            children = {
                name: Child(checkout, copy_loaded(loaded, Path(temporary) / engine / name), url)
                for name, checkout in checkouts.items()
            }
            rows += measure_engine(engine, names, children, options.rounds)
            for child in children.values():
                child.close()
    print(format_rows(rows))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
