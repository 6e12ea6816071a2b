"""Names in addresses: one for each place and occupation of the catalogue, and back."""

from __future__ import annotations

import re

import pytest

from jobsearch.taxonomy import occupations, slugs
from jobsearch.taxonomy.catalogue import COUNTIES


def test_every_value_of_the_catalogue_has_a_name_of_its_own_and_is_found_by_it():
    values = [("place", county) for county in (*COUNTIES, "UTLAND")]
    values += [("place", f"{county}/{name}") for county, names in COUNTIES.items() for name in names]
    values += [("occupation", path) for level1, paths in occupations.PATHS.items() for path in (level1, *paths)]
    values = [value for value in values if value != ("place", "OSLO/OSLO") and not value[1].startswith(occupations.UNKNOWN)]
    found = [slugs.get_slug(*value) for value in values]
    assert len(set(found)) == len(values) == len(slugs.BY_SLUG)
    assert [(slugs.BY_SLUG[slug].facet, slugs.BY_SLUG[slug].path) for slug in found] == values
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) and slugs.slugify(slug) == slug for slug in found)


def test_oslo_is_one_place_and_ads_without_an_occupation_have_no_address():
    assert slugs.get_slug("place", "OSLO/OSLO") == slugs.get_slug("place", "OSLO") == "oslo"
    assert slugs.BY_SLUG["oslo"].path == "OSLO"
    assert slugs.get_slug("occupation", occupations.UNKNOWN) == ""


@pytest.mark.parametrize("path", ["", "UTLAND/SVERIGE", "VIKEN", "VESTLAND/FINNES IKKE"])
def test_a_place_outside_the_catalogue_has_no_address(path):
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
def test_names_in_addresses_are_plain(name, slug):
    assert slugs.slugify(name) == slug
