"""HTML tokenizer: hostile markup is bounded in size, depth and time; ordinary markup keeps its words and elements."""

from __future__ import annotations

import datetime as dt
import re

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobsearch.demo.feed_server.ads import compose
from jobsearch.vacancies import html, html_tokenizer
from tests.processor_time import measure_cpu_seconds

FIXED = settings(derandomize=True, deadline=None)

DAY = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
SECONDS = 1.0  # of CPU time; each attack takes about 50 ms on a small machine, and took seconds to minutes without limits


def depth_of(value: str) -> int:
    depth = deepest = 0
    for end, name in re.findall(r"<(/?)([a-z][a-z0-9]*)", value):
        if name not in html_tokenizer.VOID:
            depth += -1 if end else 1
            deepest = max(deepest, depth)
    assert depth == 0, "tags are not balanced"
    return deepest


ATTACKS = {
    "lists in lists": "<p>x</p>" + "<ul><li>x" * 22_000,
    "lists that are closed": "<ul><li>x" * 11_000 + "</li></ul>" * 11_000,
    "blocks": "<div>x" * 60_000,
    "empty blocks": "<div>" * 80_000,
    "paragraphs": "<p>x" * 100_000,
    "tables": "<table><tr><td>x" * 20_000,
    "cells": "<table><tr>" + "<td>x" * 70_000,
    "parts of tables without one": "<td><tr><tbody>x" * 20_000,
    "bold": "<b>x" * 90_000,
    "misnested": "<b><i><u><p>x</b></i></u></p>" * 15_000,
    "unclosed formatting before paragraphs": "".join(f"<b id={n}>" for n in range(3_000)) + "</p>" + "<p>x" * 30_000,
    "formatting closed outside": "<p>" + "<b><i><em><strong><u><s><code>" * 50 + "x</p>" + "<p>x</p>" * 20_000,
    "links": "<a href='https://x.no/'>x</a>" * 100_000,
    "links in links": "<a href='https://x.no/'>x" * 40_000,
    "headings": "<h1>x<h2>y" * 30_000,
    "quotes": "<blockquote>x" * 30_000,
    "an attribute": f"<p title='{'x' * 5_000_000}'>x</p>",
    "attributes": f"<p {'a=1 ' * 200_000}>x</p>",
    "open quotes": '<a "' * 100_000,
    "open quotes of both kinds": "<a '\"<b \"'" * 40_000,
    "tags inside quotes": '<a "<a\' "' * 40_000,
    "open tags": "<p " * 130_000,
    "smaller than": "<" * 400_000,
    "closing": "</" * 200_000,
    "end tags": "</div></p></li></table>" * 20_000,
    "text": "x" * 5_000_000,
    "text with blanks": "x " * 2_500_000,
    "comments": "<!-- x -->y" * 40_000,
    "open comments": "<!--" * 100_000,
    "bogus comments": "<!x" * 130_000,
    "CDATA": "<![CDATA[x]]>" * 40_000,
    "open CDATA": "<![CDATA[" * 45_000,
    "instructions": "<?x" * 130_000,
    "references": "&amp;" * 100_000,
    "references that grow": "&NotEqualTilde;" * 30_000,
    "open references": "&" * 400_000,
    "number references": "&#" + "9" * 400_000,
    "svg": "<svg>" * 80_000,
    "svg that is closed": "<svg><p>x</p></svg>" * 20_000,
    "math": "<math><mtext><table><mglyph>" * 15_000,
    "templates": "<template>x" * 35_000,
    "scripts": "<script>" * 50_000,
    "scripts that are closed": "<script>x</script>y" * 20_000,
    "selects": "<select><option>x" * 20_000,
    "unknown elements": "<x-y>x" * 60_000,
    "combining marks": "<p>" + "a" + "\u0301" * 390_000,
    "marks between tags": "<b>\u0301</b>" * 30_000,
    "invisible": "\u200b\u202e\u00ad" * 130_000,
    "joined emoji": "\U0001f469\u200d" * 190_000,
    "NUL": "\x00" * 400_000,
    "line breaks": "<br>" * 100_000,
    "rules": "<hr>" * 100_000,
    "empty paragraphs": "<p>&nbsp;</p>" * 30_000,
}


@pytest.mark.parametrize("source", ATTACKS.values(), ids=ATTACKS.keys())
def test_sanitising_hostile_markup_is_bounded_in_time_size_and_depth(source):
    clean = text = ""

    def sanitise() -> None:
        nonlocal clean, text
        clean = html.sanitise_html(source)
        text = html.extract_text(clean)

    assert measure_cpu_seconds(sanitise, SECONDS) < SECONDS
    assert len(clean) <= html_tokenizer.LENGTH + 5_000 and len(text) <= html_tokenizer.LENGTH
    assert clean.count("<") <= 3 * html_tokenizer.ELEMENTS
    assert depth_of(clean) <= html_tokenizer.DEPTH
    assert html.sanitise_html(clean) == clean


@pytest.mark.parametrize("source", ATTACKS.values(), ids=ATTACKS.keys())
def test_extracting_text_of_hostile_markup_is_bounded_in_time(source):
    texts = []
    assert measure_cpu_seconds(lambda: texts.append(html.extract_text(source)), SECONDS) < SECONDS
    assert len(texts[-1]) <= html_tokenizer.SOURCE


MARKS = st.sampled_from(
    (
        "<p> </p> <b> </b> <ul> </ul> <li> </li> <table> <tr> <td> </td> </table> <div> </div> <br> </br> <hr> <h1> </h1> <pre> "
        "<a/href='https://x.no'> </a> <script> </script> <svg> </svg> <!-- --> <![CDATA[ ]]> &amp; &shy; &#8238; &nbsp; < > "
        "\" ' = / "
        "\" ' x y \u0301 \u202e \u200d \x00 \r <p <th/colspan=2> </dd> <dt> <blockquote> </blockquote> <caption> <thead> "
        "<sup> </sup> <i> </i> <font> </font> <template>"
    ).split(" ")
)


@FIXED
@given(st.lists(MARKS | st.text(max_size=5), max_size=60).map("".join))
def test_any_markup_becomes_a_well_formed_fragment(source):
    clean = html.sanitise_html(source)
    assert html.sanitise_html(clean) == clean
    assert depth_of(clean) <= html_tokenizer.DEPTH
    assert html.extract_text(clean) == html.extract_text(f"<!-- the long way -->{clean}")
    # An HTML5 parser changes nothing in it: no element is implied, closed or moved.
    limited = html_tokenizer.limit_html(source, lambda link: "")
    again = nh3.clean(
        limited, tags=html_tokenizer.TAGS, attributes={"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}, link_rel=None
    )
    assert again == limited


def test_ordinary_markup_of_the_feed_keeps_its_words_and_elements():
    """For ordinary markup the result is that of nh3 alone."""
    cleaner = nh3.Cleaner(tags=html_tokenizer.TAGS, attributes={"a": {"href"}}, link_rel="nofollow noopener noreferrer")
    for number in range(300):
        ad = compose(number, published=DAY, expires=DAY, updated=DAY, seed=29)
        clean = html.sanitise_html(ad["description"])
        plain = cleaner.clean(ad["description"])
        assert re.sub(r"<(p|div|li)>(?:\s|&nbsp;)*</\1>|\s|&nbsp;", "", clean.replace("h2", "h1")) == re.sub(
            r"<(p|div|li)>(?:\s|&nbsp;)*</\1>|\s|&nbsp;", "", plain.replace("h2", "h1")
        )
