"""Rows of the list of saved searches as HTML: 200 of them are on one page."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobsearch.saved.frequencies import Frequency
from jobsearch.saved.searches.list_views import Row
from jobsearch.web.fragments import Values, render_fragments

from . import ad_rows, dates


def render_saved_rows(rows: Sequence[Row], *, by_mail: bool) -> SafeString:
    """The rows. `by_mail`: the user has a confirmed address, so that alerts are chosen in the row."""
    return render_fragments("saved/_row.html", [(_list_values(row, by_mail=by_mail), {}) for row in rows])


def _list_values(row: Row, *, by_mail: bool) -> Values:
    saved = row.saved
    own, is_counted = "1" if row.is_own else "", row.total is not None
    chosen = row.alert.frequency if row.alert else ""
    frequencies = [
        {"value": str(value), "label": str(label), "pressed": "true" if value == chosen else "false"}
        for value, label in (Frequency.choices if own and by_mail else ())
    ]
    return {
        "pk": str(saved.pk),
        "url": reverse("saved:open", args=[saved.pk]),  # those of what is done with a search begin with it
        "own": own,
        "pinned": own and ("1" if saved.pinned else ""),
        "name": ad_rows.allow_breaks(saved.name),
        "criteria": [f"{label}: {', '.join(values)}" for label, values in row.criteria],
        "note": linebreaksbr(saved.note) if own and saved.note else "",
        "problems": row.problems,
        "new": str(row.new or 0),
        "news": _describe_news(row.new) if row.new else "",
        "total": str(row.total) if is_counted else "",
        "results": dates.format_result_count(row.total or 0),
        "line": row.line,
        "line_label": row.line_label,
        "looked": _("Sist åpnet %(when)s") % {"when": dates.format_time(row.last_looked)},
        "frequency": row.alert_label,
        "frequencies": frequencies,
        "subscribe": f"{reverse('alerts:subscribe')}?query={quote(saved.params, safe='')}",
        "up": "" if row.is_first else "1",
        "down": "" if row.is_last else "1",
    }


def _describe_news(number: int) -> str:
    return ngettext("%(n)s ny siden sist", "%(n)s nye siden sist", number) % {"n": dates.format_number(number)}
