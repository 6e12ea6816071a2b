"""The check of accessibility itself: what it finds, and which rows and known parts it leaves out."""

from __future__ import annotations

import pytest

from tests.browser import accessibility
from tests.browser.accessibility import ROWS_OF_A_KIND, find_violations
from tests.browser.read_parts import ReadParts

PAGE = """<!doctype html><html lang="nb"><title>En side</title>
<style>body { background: #fff } li { padding: 12px } .pale { color: #555 } .faint { color: #ddd }
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } a { color: #9cf } .pale { color: #777 } }</style>
<main><h1>En side</h1><ul>%s</ul></main>"""
ROW = '<li><a href="/%d/">Annonse %d</a></li>'


def find_in_rows(page, *rows: str) -> list[tuple[str, str]]:
    page.set_content(PAGE % "".join(rows))
    return [(scheme, rule) for scheme, rule, _elements in find_violations(page)]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ('<li><a href="/9/">Annonse</a></li>', []),
        ('<li><a href="/9/"> </a></li>', [("light", "link-name")]),
        ('<li><a href="/9/" class="pale">Annonse</a></li>', [("dark", "color-contrast")]),
        ('<li><a href="/9/" class="faint">Annonse</a></li>', [("light", "color-contrast")]),
        ('<li><button aria-pressed="perhaps">Lagre</button></li>', [("light", "aria-valid-attr-value")]),
        ('<li lang="qq-x"><a href="/9/">Annonse</a></li>', [("light", "valid-lang")]),
    ],
)
def test_a_row_of_another_kind_is_read_wherever_it_is(open_page, row, found):
    rows = [ROW % (number, number) for number in range(12)]
    assert find_in_rows(open_page("/robots.txt"), *rows, row) == found


def test_of_rows_that_differ_in_words_the_first_are_read(open_page):
    page = open_page("/robots.txt")
    find_in_rows(page, *('<li><a href="/" class="faint">Annonse</a></li>' for _ in range(9)))
    assert len(find_violations(page)[0][2]) == ROWS_OF_A_KIND


BUTTONS = '<button type="button">Send</button> <button type="button">Avbryt</button>'
FORM = f"""<!doctype html><html lang="nb"><title>En side</title><style>body {{ background: #fff; color: #111 }}</style>
<main><h1>En side</h1><form style="padding: 0 9px">{BUTTONS}<p>Med <b>vennlig</b> hilsen <i>oss</i></p>{BUTTONS}
<label for="a">Navn</label> <input id="a"></form></main>"""
OTHERS = {
    "a colour from outside": ("</title>", "</title><style>main { color: #ddd }</style>"),
    "a ground from outside": ("</title>", "</title><style>main { background: #333 }</style>"),
    "a colour in the dark": ("</title>", "</title><style>@media (prefers-color-scheme: dark) { b { color: #ddd } }</style>"),
    "a ground in the dark": ("</title>", "</title><style>@media (prefers-color-scheme: dark) { p { background: #222 } }</style>"),
    "a label of nothing": ('for="a"', 'for="b"'),
    "an empty text": ("Send</button>", "</button>"),
    "a role": ("<i>", '<i role="nothing">'),
    "another part": ("</main>", '<img src="data:,"></main>'),
}


@pytest.fixture
def known_form(open_page, monkeypatch):
    """A page whose form has been read without violations."""
    monkeypatch.setattr(accessibility, "read_parts", ReadParts())
    page = open_page("/robots.txt")
    page.set_content(FORM)
    assert find_violations(page) == []
    return page


@pytest.mark.parametrize("what", OTHERS)
def test_a_known_part_is_read_again_if_anything_differs(known_form, what):
    known_form.set_content(FORM.replace(*OTHERS[what]))
    assert find_violations(known_form) != []


def test_a_known_part_is_not_read_again_and_a_violation_is_found_each_time(known_form):
    known_form.evaluate("window.axe = {run: () => Promise.reject(new Error('axe reads'))}")
    assert find_violations(known_form) == []
    known_form.evaluate("delete window.axe")
    known_form.set_content(FORM.replace("</main>", '<img src="data:,"></main>'))
    for _ in range(2):
        assert [rule for _scheme, rule, _elements in find_violations(known_form)] == ["image-alt"]


def test_what_a_worker_has_read_is_known_to_the_others(tmp_path):
    one, other = ReadParts(tmp_path / "parts"), ReadParts(tmp_path / "parts")
    one.add(("light", True), ["form", "list"])
    assert other.get(("light", True)) == {"form", "list"}
    assert other.get(("dark", True)) == other.get(("light", False)) == set()
    other.add(("dark", True), ["form"])
    with (tmp_path / "parts").open("a") as unfinished:
        unfinished.write('["light", true, ["me')
    assert one.get(("dark", True)) == {"form"}
    assert one.get(("light", True)) == {"form", "list"}
