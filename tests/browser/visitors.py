"""Kinds of visitors that a test is repeated for: width of the window, with scripts or without.

An ordinary run has one or two of them in each test, by turns: with scripts and without are in each file, and both widths.
`--every-combination` has all.
"""

from __future__ import annotations

import itertools

import pytest

from tests.browser.conftest import DESKTOP, PHONE

Visitor = tuple[int, bool]
EVERYONE: list[Visitor] = list(itertools.product((PHONE, DESKTOP), (True, False)))


def _name(visitor: Visitor) -> str:
    width, scripts = visitor
    return f"{width}-{'with' if scripts else 'without'}-scripts"


def by_visitor(*kept: Visitor) -> pytest.MarkDecorator:
    """Repeat a test for (`width`, `scripts`): for the kept ones in each run, and then for all others."""
    others = [visitor for visitor in EVERYONE if visitor not in kept]
    params = [pytest.param(*visitor, id=_name(visitor)) for visitor in kept]
    params += [pytest.param(*visitor, id=_name(visitor), marks=pytest.mark.every_combination) for visitor in others]
    return pytest.mark.parametrize(("width", "scripts"), params)


def by_width(kept: int, *others: int) -> pytest.MarkDecorator:
    """Repeat a test for `width`: for the kept one in each run, and then for the others."""
    marked = [pytest.param(width, marks=pytest.mark.every_combination) for width in others or {PHONE, DESKTOP} - {kept}]
    return pytest.mark.parametrize("width", [kept, *marked])
