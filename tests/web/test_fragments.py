"""Fragment cache: filled fragments equal the rendered template, and keep no value."""

from __future__ import annotations

import itertools

import pytest
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import override

from jobsearch.web import fragments
from jobsearch.web.fragments import render_fragment

CARD = {
    "uuid": "5f943bd9-7d3f-4a39-8d2a-0a3c6e1f2b11",
    "url": "/stilling/1/",
    "sign": "BK",
    "title": SafeString("<mark>Kokk</mark>"),
    "title_lang": "nb",
    "raw_title": '"><script>alert(1)</script>',
    "employer": "Tom & Jerry <b>AS</b>",
    "places": "Bergen",
    "km": "12",
    "occupation": "Kokk",
    "snippet": "title \0title\0 {{ url }} {% now %}",
    "text_lang": "nb",
    "due": "Frist 9. des.",
    "tags": ["50 %", "<Turnus>"],
    "published": "Publisert i dag",
    "published_slot": "I dag",
}
OPTIONAL = ("raw_title", "employer", "places", "km", "occupation", "snippet", "due", "tags", "published")


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_filled_fragment_equals_the_rendered_template(language):
    """With each pair of values left out, and a second time from the cache."""
    with override(language):
        for left_out in itertools.chain([()], itertools.combinations(OPTIONAL, 2)):
            values = CARD | {name: [] if name == "tags" else "" for name in left_out}
            fixed = {"level": 3, "new": True, "due_tone": "soon"}
            expected = render_to_string("web/_card.html", {**values, **fixed})
            assert [render_fragment("web/_card.html", values, **fixed) for _ in range(2)] == [expected] * 2


def test_values_are_escaped():
    html = render_fragment("web/_card.html", CARD, level=3, new=False, due_tone="")
    assert "<script" not in html
    assert escape(CARD["employer"]) in html
    assert "<mark>Kokk</mark>" in html  # the caller's HTML


def test_no_value_is_kept():
    render_fragment("web/_card.html", CARD | {"title": "A title of an ad that may end"}, level=3, new=False, due_tone="")
    kept = "".join(itertools.chain.from_iterable(fragments._fragments.values()))
    assert "card-title" in kept
    assert "may end" not in kept
    assert "alert" not in kept


def test_the_cache_is_bounded(monkeypatch):
    monkeypatch.setattr(fragments, "MAX_FRAGMENTS", 3)
    monkeypatch.setattr(fragments, "_fragments", {})
    for level in range(10):
        render_fragment("web/_card.html", CARD, level=level, new=False, due_tone="")
        assert len(fragments._fragments) <= 3
