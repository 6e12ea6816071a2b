"""Sparkline: small bar chart of a few numbers, as the path of one SVG element. Sizes are SVG units."""

from __future__ import annotations

from collections.abc import Sequence

STEP, WIDTH, HEIGHT = 4, 3, 24  # width of a bar with its gap, width of a bar, height of the highest bar


def draw_sparkline(numbers: Sequence[int]) -> str:
    """The path of the bars, the first number at the left; "" where all are 0. A number above 0 is at least one unit high."""
    highest = max(numbers, default=0)
    bars = []
    for place, number in enumerate(numbers):
        if number > 0:
            height = -(-number * HEIGHT // highest)  # rounded up
            bars.append(f"M{place * STEP} {HEIGHT}v-{height}h{WIDTH}v{height}z")
    return "".join(bars)
