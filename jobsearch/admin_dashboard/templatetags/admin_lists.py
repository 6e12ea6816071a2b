"""Template filters of the admin's lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()


@register.filter
def label_cells(cells: Iterable[str], headers: Iterable[Mapping[str, Any]]) -> list[SafeString]:
    """The cells of a row, each with its column's name as `data-label`: on a phone a row is a block of labelled lines.

    Django renders a cell as a whole, `<td class="…">…</td>` or `<th …>`, so the attribute is put behind the first three signs.
    """
    labelled = []
    for cell, header in zip(cells, headers, strict=True):
        # The "name" of the column of check boxes is a check box.
        name = "" if "action-checkbox" in header["class_attrib"] else escape(capfirst(header["text"]))
        # Safe: the cell is HTML that Django has made, and the name is escaped.
        labelled.append(mark_safe(f'{cell[:3]} data-label="{name}"{cell[3:]}' if name else cell))  # noqa: S308
    return labelled
