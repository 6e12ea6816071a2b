"""Near a place: what may be typed, what it is called, and which names of places a search then asks for."""

from __future__ import annotations

import pytest

from jobsearch.search.documents import area


@pytest.mark.parametrize(
    ("path", "code", "names"),
    [
        ("VESTLAND/BERGEN", "5003", ("5003",)),
        ("VESTLAND/BERGEN", " 50 03 ", ("5003",)),
        ("VESTLAND/BERGEN", "", ("VESTLAND", "VESTLAND/BERGEN")),
        ("VESTLAND/BERGEN", "0000", ("VESTLAND", "VESTLAND/BERGEN")),
        ("VESTLAND/BERGEN", "N-5003", ("VESTLAND", "VESTLAND/BERGEN")),
        ("VESTLAND/BERGEN", "٥٠٠٣", ("VESTLAND", "VESTLAND/BERGEN")),
        ("VESTLAND", "", ("VESTLAND",)),
        ("", "6091", ("6091",)),
        ("", "", ()),
        ("UTLAND/DANMARK", "9000", ()),
        ("UTLAND", "9000", ()),
    ],
)
def test_a_location_is_found_by_its_code_or_else_by_its_municipality(path, code, names):
    assert area(path, code) == names
