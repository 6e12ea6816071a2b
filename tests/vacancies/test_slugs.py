"""Slugs: one for each place and occupation of the catalogue, and back."""

from __future__ import annotations

import re

import pytest

from jobsearch.taxonomy import occupations, slugs
from jobsearch.taxonomy.catalogue import COUNTIES


def test_every_value_of_the_catalogue_has_a_unique_slug():
    values = [("place", county) for county in (*COUNTIES, "UTLAND")]
    values += [("place", f"{county}/{name}") for county, names in COUNTIES.items() for name in names]
    values += [("occupation", path) for level1, paths in occupations.PATHS.items() for path in (level1, *paths)]
    values = [value for value in values if value != ("place", "OSLO/OSLO") and not value[1].startswith(occupations.UNKNOWN)]
    found = [slugs.get_slug(*value) for value in values]
    assert len(set(found)) == len(values) == len(slugs.BY_SLUG)
    assert [(slugs.BY_SLUG[slug].facet, slugs.BY_SLUG[slug].path) for slug in found] == values
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) and slugs.slugify(slug) == slug for slug in found)


def test_oslo_has_one_slug_and_unknown_occupations_have_none():
    assert slugs.get_slug("place", "OSLO/OSLO") == slugs.get_slug("place", "OSLO") == "oslo"
    assert slugs.BY_SLUG["oslo"].path == "OSLO"
    assert slugs.get_slug("occupation", occupations.UNKNOWN) == ""


@pytest.mark.parametrize("path", ["", "UTLAND/SVERIGE", "VIKEN", "VESTLAND/FINNES IKKE"])
def test_a_place_outside_the_catalogue_has_no_slug(path):
    assert slugs.get_slug("place", path) == ""


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Møre og Romsdal", "more-og-romsdal"),
        ("OS (INNLANDET)", "os-innlandet"),
        ("Ås", "as"),
        ("Hægebostad", "haegebostad"),
        ("GÁIVUOTNA KÅFJORD", "gaivuotna-kafjord"),
        ("Tannhelse/-pleie", "tannhelse-pleie"),
        ("Trevarearbeid og –foredling", "trevarearbeid-og-foredling"),
        ("A\u030as", "as"),
        ("", ""),
        ("../..", ""),
        ("\x00\ud800?", ""),
        ("a" * 5000, "a" * slugs.LENGTH),
    ],
)
def test_slugify(name, slug):
    assert slugs.slugify(name) == slug
