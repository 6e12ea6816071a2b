"""Paths of places and occupations: one path for every spelling of the feed."""

import pytest

from jobsearch.taxonomy import catalogue, occupations, places


@pytest.mark.parametrize(
    ("names", "path"),
    [
        (("NORGE", "VESTLAND", "BERGEN"), "VESTLAND/BERGEN"),
        (("Norge", "Vestland", "Bergen"), "VESTLAND/BERGEN"),
        (("NORGE", "VESTLAND", ""), "VESTLAND"),
        (("NORGE", "", ""), ""),
        (("", "", ""), ""),
        (("", "", "BERGEN"), "VESTLAND/BERGEN"),
        (("NORGE", "HORDALAND", "BERGEN"), "VESTLAND/BERGEN"),
        (("NORGE", "VIKEN", "NES (VIKEN)"), "AKERSHUS/NES (AKERSHUS)"),
        (("NORGE", "VIKEN", "VÅLER (VIKEN)"), "ØSTFOLD/VÅLER (ØSTFOLD)"),
        (("NORGE", "VIKEN", ""), "VIKEN"),
        (("NORGE", "VESTFOLD OG TELEMARK", "SKIEN"), "TELEMARK/SKIEN"),
        (("NORGE", "INNLANDET", "OS"), "INNLANDET/OS (INNLANDET)"),
        (("NORGE", "NORDLAND", "HERØY"), "NORDLAND/HERØY (NORDLAND)"),
        (("NORGE", "MØRE OG ROMSDAL", "HERØY"), "MØRE OG ROMSDAL/HERØY (MØRE OG ROMSDAL)"),
        (("NORGE", "", "HERØY"), ""),
        (("NORGE", "TROMS OG FINNMARK", "TANA"), "FINNMARK/DEATNU TANA"),
        (("NORGE", "FINNMARK", "Kautokeino"), "FINNMARK/GUOVDAGEAIDNU KAUTOKEINO"),
        (("SVERIGE", "", ""), "UTLAND/SVERIGE"),
        (("SPANIA", "ANDALUCIA", "MALAGA"), "UTLAND/SPANIA"),
        (("SVALBARD OG JAN MAYEN", "", ""), "SVALBARD"),
        (("NORGE", "SVALBARD", "LONGYEARBYEN"), "SVALBARD/LONGYEARBYEN"),
        (("NORGE", "A/B", "C/D"), "A-B/C-D"),
    ],
)
def test_every_spelling_of_a_place_has_one_path(names, path):
    assert places.build_path(*names) == path


def test_the_catalogue_has_every_county_and_municipality():
    norway = {county: names for county, names in catalogue.COUNTIES.items() if county != "SVALBARD"}
    assert (len(norway), sum(map(len, norway.values()))) == (15, 357)
    assert (len(catalogue.OCCUPATIONS), sum(map(len, catalogue.OCCUPATIONS.values()))) == (14, 115)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("MØRE OG ROMSDAL", "Møre og Romsdal"),
        ("INNLANDET/OS (INNLANDET)", "Os (Innlandet)"),
        ("INNLANDET/NORD-FRON", "Nord-Fron"),
        ("TROMS/GÁIVUOTNA KÅFJORD", "Gáivuotna Kåfjord"),
        ("UTLAND/SVERIGE", "Sverige"),
    ],
)
def test_labels_of_places(path, label):
    assert places.get_label(path) == label


def test_occupations_keep_slashes_in_their_names():
    path = occupations.build_path("Helse og sosial", "Tannhelse/-pleie")
    assert (occupations.get_parent(path), occupations.get_label(path)) == ("Helse og sosial", "Tannhelse/-pleie")
    odd = "Uoppgitt/ ikke identifiserbare"
    assert occupations.get_parent(odd) == "" and occupations.get_label(odd) == odd
    assert (
        occupations.build_path("Kultur og kreative yrker", "Kunst  og kunsthåndverk")
        in occupations.PATHS["Kultur og kreative yrker"]
    )
