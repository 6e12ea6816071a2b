"""Protocol of a measurement: cases, whose contestants do the same work in turn, and the ratio of each to the baseline."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from . import server_time

T = TypeVar("T")
BASELINE = "baseline"
FEWEST_FOR_P95 = 20


@dataclass(frozen=True, slots=True)
class Sample:
    """One unit of work. `cpu`: of the processor, None where other processes do the work. `extra`: queries, bytes and the like."""

    value: float
    cpu: float | None = None
    extra: Mapping[str, float] = field(default_factory=dict)


Contestant = Callable[[], Sequence[Sample]]
"""Does the work of one round and returns its samples."""


@dataclass(frozen=True)
class Case:
    """The same work by each contestant. `baseline`: the contestant that the ratios are to, or "" for none."""

    label: str
    contestants: Mapping[str, Contestant]
    baseline: str = BASELINE


def make_reading(label: str, read: Callable[[], float]) -> Case:
    """The case of a figure that is read once, in the unit that its label names."""
    return Case(label, {"reading": lambda: [Sample(read())]}, baseline="")


@dataclass(frozen=True)
class Options:
    """The options of `bench/run.py`, with the defaults of the measurement where none were given."""

    data: Path
    ads: tuple[int, ...] = ()
    engines: tuple[str, ...] = ("embedded",)
    rounds: int = 5
    before: Path | None = None
    pid: int | None = None


@dataclass(frozen=True)
class Measurement:
    """A named measurement.

    `sample`: what one sample is. `baseline`: what the baseline does, a simpler program for the part of the work that cannot be
    avoided, or "". `make_cases` prepares the data, yields the cases, of which each is measured before the next is made, and
    cleans up. `warm_up` rounds are not counted. The ratio is of times `by` "clock" or, where other work on the machine must not
    count, "processor". `by_hand`: why a run without names leaves it out.
    """

    name: str
    title: str
    sample: str
    baseline: str
    make_cases: Callable[[Options], Iterator[Case]]
    unit: str = "ms"
    by: str = "clock"
    rounds: int = 5
    warm_up: int = 1
    ads: tuple[int, ...] = (10_000,)
    engines: tuple[str, ...] = ("embedded",)
    by_hand: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one contestant in one case. `lowest` and `highest`: of the ratios, one a round."""

    case: str
    contestant: str
    median: float
    p95: float | None
    cpu: float | None
    baseline: str
    baseline_median: float | None
    ratio: float | None
    lowest: float | None
    highest: float | None
    rounds: int
    samples: int
    extra: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def time_each(
    work: Callable[[T], object], inputs: Sequence[T], *, server: int | None = None, apart: bool = False
) -> list[Sample]:
    """One sample for each input, in milliseconds.

    `server`: the process that does a part of the work. The kernel updates the times of its threads a moment later, so the time
    of the whole round is divided by the number of inputs. Other work on the machine makes an answer of 5 ms take 50, but does not
    change this. `apart`: the processor time is the server's alone, and that of this process is a figure of its own.
    """
    samples = []
    server_before, own_before = server_time.read_thread_times(server) if server else {}, time.process_time()
    for one in inputs:
        began, began_cpu = time.perf_counter(), time.process_time()
        work(one)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - began_cpu
        samples.append(Sample(seconds * 1000, cpu_seconds * 1000))
    if server:
        own = (time.process_time() - own_before) * 1000 / len(inputs)
        cpu = server_time.compute_ms(server_before, server_time.read_thread_times(server)) / len(inputs)
        extra = {"client, at most, ms": own} if apart else {}
        samples = [Sample(sample.value, cpu if apart else cpu + own, extra) for sample in samples]
    return samples


def measure(measurement: Measurement, options: Options) -> Iterator[Row]:
    """The rows of all cases of a measurement, each case as soon as it is measured."""
    for case in measurement.make_cases(options):
        print(f"{measurement.name}: {case.label}", file=sys.stderr, flush=True)
        yield from summarise(case, collect(case, options.rounds, measurement.warm_up), measurement.by)


def collect(case: Case, rounds: int, warm_up: int) -> dict[str, list[Sequence[Sample]]]:
    """The samples of each contestant, round by round.

    The contestants take turns, in the opposite order in each other round, so that a change of the machine's load is shared.
    """
    taken: dict[str, list[Sequence[Sample]]] = {name: [] for name in case.contestants}
    for number in range(-warm_up, rounds):
        order = [*case.contestants] if number % 2 == 0 else [*case.contestants][::-1]
        for name in order:
            samples = case.contestants[name]()
            if number >= 0:
                taken[name].append(samples)
    return taken


def summarise(case: Case, taken: Mapping[str, Sequence[Sequence[Sample]]], by: str) -> list[Row]:
    """One row for each contestant but the baseline, or the baseline's where there is no other contestant."""
    names = [name for name in taken if name != case.baseline] or [*taken]
    baseline = taken.get(case.baseline)
    rows = []
    for name in names:
        rounds = taken[name]
        values = [sample.value for samples in rounds for sample in samples]
        cpu = [sample.cpu for samples in rounds for sample in samples if sample.cpu is not None]
        ratios = []
        if baseline and name != case.baseline:
            ratios = [_get_median(mine, by) / _get_median(other, by) for mine, other in zip(rounds, baseline, strict=True)]
        rows.append(
            Row(
                case=case.label,
                contestant=name,
                median=statistics.median(values),
                p95=sorted(values)[int(len(values) * 0.95)] if len(values) >= FEWEST_FOR_P95 else None,
                cpu=statistics.median(cpu) if cpu else None,
                baseline=case.baseline if ratios else "",
                baseline_median=_get_median([s for samples in baseline for s in samples], by) if baseline else None,
                ratio=statistics.median(ratios) if ratios else None,
                lowest=min(ratios) if ratios else None,
                highest=max(ratios) if ratios else None,
                rounds=len(rounds),
                samples=len(values),
                extra=_summarise_extra([sample for samples in rounds for sample in samples]),
            )
        )
    return rows


def _get_median(samples: Sequence[Sample], by: str) -> float:
    """Median of a round. A baseline in another process may have no processor time: then its time by the clock."""
    return statistics.median(s.cpu if by == "processor" and s.cpu is not None else s.value for s in samples)


def _summarise_extra(samples: Sequence[Sample]) -> dict[str, float]:
    """The highest of each extra figure."""
    names = dict.fromkeys(name for sample in samples for name in sample.extra)
    return {name: max(sample.extra[name] for sample in samples if name in sample.extra) for name in names}
