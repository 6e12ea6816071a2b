"""Gazetteer: coordinates of municipalities and postal codes, distances, and the loader for postal codes."""

from __future__ import annotations

import math
import random
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command

from jobsearch.taxonomy import catalogue, places
from jobsearch.taxonomy.geography import Centre, Gazetteer, Point, load_centres, measure_distance, parse_postal_code
from jobsearch.vacancies import postal_codes
from jobsearch.vacancies.ad_data import LocationData
from jobsearch.vacancies.gazetteer import find_unlocated, read_gazetteer
from jobsearch.vacancies.models import PostalCode

# county: south, north, west, east, generously
BOXES = {
    "AGDER": (57.9, 59.7, 6.1, 9.6), "AKERSHUS": (59.4, 60.7, 10.2, 11.95), "BUSKERUD": (59.4, 61.1, 7.4, 10.6),
    "FINNMARK": (68.5, 71.2, 20.9, 31.2), "INNLANDET": (59.8, 62.8, 7.3, 12.9), "MØRE OG ROMSDAL": (61.9, 63.7, 5.3, 9.6),
    "NORDLAND": (64.9, 69.4, 11.7, 18.2), "OSLO": (59.8, 60.2, 10.4, 11.0), "ROGALAND": (58.0, 59.9, 4.8, 7.3),
    "TELEMARK": (58.7, 60.3, 7.0, 10.0), "TROMS": (68.3, 70.4, 15.6, 22.9), "TRØNDELAG": (62.2, 65.5, 8.0, 14.4),
    "VESTFOLD": (58.9, 59.8, 9.7, 10.7), "VESTLAND": (59.4, 62.3, 4.4, 8.4), "ØSTFOLD": (58.9, 59.8, 10.5, 11.9),
    "SVALBARD": (76.0, 81.0, 10.0, 34.0),
}  # fmt: skip
# Pairs of towns and the distance between them in kilometres, measured on a map.
KNOWN = [
    ("OSLO/OSLO", "VESTLAND/BERGEN", 305), ("TRØNDELAG/TRONDHEIM", "TRØNDELAG/STEINKJER", 85),
    ("TROMS/TROMSØ", "FINNMARK/ALTA", 170), ("VESTLAND/BERGEN", "VESTLAND/VOSS", 66),
    ("ROGALAND/STAVANGER", "ROGALAND/SANDNES", 13), ("AGDER/KRISTIANSAND", "AGDER/ARENDAL", 57),
    ("OSLO/OSLO", "TRØNDELAG/TRONDHEIM", 391), ("OSLO/OSLO", "BUSKERUD/DRAMMEN", 35), ("OSLO/OSLO", "INNLANDET/HAMAR", 99),
    ("NORDLAND/BODØ", "NORDLAND/NARVIK", 180), ("MØRE OG ROMSDAL/MOLDE", "MØRE OG ROMSDAL/ÅLESUND", 60),
    ("TELEMARK/SKIEN", "TELEMARK/PORSGRUNN", 8), ("ØSTFOLD/FREDRIKSTAD", "ØSTFOLD/SARPSBORG", 13),
    ("VESTFOLD/TØNSBERG", "VESTFOLD/SANDEFJORD", 19), ("FINNMARK/VADSØ", "FINNMARK/VARDØ", 60),
    ("SVALBARD/LONGYEARBYEN", "TROMS/TROMSØ", 957),
]  # fmt: skip


def haversine(one: Point, other: Point) -> float:
    """The haversine formula, as a reference for `measure_distance`."""
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    dx = math.radians(other.longitude - one.longitude)
    inner = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(dx / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(inner))


def test_every_municipality_has_a_point_and_no_other_place():
    assert set(load_centres()) == {f"{county}/{name}" for county, names in catalogue.COUNTIES.items() for name in names}
    assert len(load_centres()) == 358


@pytest.mark.parametrize("county", catalogue.COUNTIES)
def test_a_municipality_is_in_its_county(county):
    south, north, west, east = BOXES[county]
    outside = {
        path: centre.point
        for path, centre in load_centres().items()
        if places.get_parent(path) == county
        and not (south <= centre.point.latitude <= north and west <= centre.point.longitude <= east)
    }
    assert outside == {}


def test_municipalities_have_distinct_points_and_a_neighbour_within_110_km():
    points = [(path, centre.point) for path, centre in load_centres().items() if not path.startswith("SVALBARD")]
    for path, point in points:
        nearest = min(measure_distance(point, other) for name, other in points if name != path)
        assert 1 < nearest < 110, (path, nearest)


@pytest.mark.parametrize(("one", "other", "km"), KNOWN)
def test_known_distances(one, other, km):
    found = measure_distance(load_centres()[one].point, load_centres()[other].point)
    assert found == pytest.approx(km, rel=0.05, abs=2)


def test_distances_equal_the_haversine_formula():
    chance = random.Random(3)
    for _ in range(500):
        one, other = (Point(chance.uniform(-89, 89), chance.uniform(-180, 180)) for _ in range(2))
        assert measure_distance(one, other) == pytest.approx(haversine(one, other), abs=1e-6)
    assert measure_distance(one, one) == 0


def table(*rows: tuple[str, float, float]) -> Gazetteer:
    return Gazetteer({code: Centre("Sted", Point(latitude, longitude)) for code, latitude, longitude in rows})


def test_find_near_equals_measuring_every_distance():
    chance = random.Random(5)
    numbers = [f"{number:04}" for number in range(1, 9999)]
    strewn = {code: Point(chance.uniform(58, 71), chance.uniform(5, 31)) for code in chance.sample(numbers, 3000)}
    codes = {code: Centre("", point) for code, point in strewn.items()}
    known = Gazetteer(codes)
    for place in chance.sample([*codes, *load_centres()], 40):
        centre = known.find_point(place)
        for km in (5, 10, 25, 50, 100, 500):
            reach = known.find_near(place, km)
            assert set(reach.codes) == {c for c, one in codes.items() if haversine(centre, one.point) <= km}
            paths = {path for path, one in load_centres().items() if haversine(centre, one.point) <= km}
            assert {path for path in reach.paths if "/" in path} == paths
            assert place in (*reach.codes, *reach.paths)


def test_a_county_with_one_municipality_is_found_with_it():
    assert {"OSLO", "OSLO/OSLO"} <= set(table().find_near("OSLO/OSLO", 5).paths)
    assert set(table().find_near("SVALBARD/LONGYEARBYEN", 100).paths) == {"SVALBARD", "SVALBARD/LONGYEARBYEN"}
    assert "VESTLAND" not in table().find_near("VESTLAND/BERGEN", 100).paths


def test_nothing_is_near_an_unknown_place():
    for place in ("5003", "VESTLAND", "VESTLAND/ATLANTIS", "UTLAND/SVERIGE", ""):
        assert table().find_point(place) is None
        assert table().find_near(place, 100) == ((), ())


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        *[("5003", "5003"), ("0001", "0001"), (" 50 03", "5003"), ("0000", ""), ("500", ""), ("50033", ""), ("5003\n", "")],
        *[("٥٠٠٣", ""), ("", ""), ("abcd", ""), ("N-5003", "")],
    ],
)
def test_parse_postal_code(stated, code):
    assert parse_postal_code(stated) == code


def test_find_unlocated_lists_codes_of_ads_and_notices_a_new_ad(make_vacancy, file):
    def at(*codes: str) -> None:
        make_vacancy(locations=tuple(LocationData("NORGE", "VESTLAND", "BERGEN", postal_code=code) for code in codes))

    at("5003", "5838", "", "0000", "ukjent")
    bergen = "VESTLAND/BERGEN"
    assert find_unlocated(read_gazetteer()) == (("5003", bergen), ("5838", bergen))
    postal_codes.load_postal_codes([file(line())])
    assert find_unlocated(read_gazetteer()) == (("5838", bergen),)
    at("5003", "52 21")
    assert find_unlocated(read_gazetteer()) == (("5221", bergen), ("5838", bergen))


# The loader.


def line(code: str = "5003", name: str = "Bergen", latitude: object = 60.39, longitude: object = 5.32, **other: object) -> str:
    fields = {"country": "NO", "accuracy": "4", **other}
    admin = ["Vestland", "46", "Bergen", "4601", "", ""]
    return "\t".join(map(str, [fields["country"], code, name, *admin, latitude, longitude, fields["accuracy"]]))


@pytest.fixture
def file(tmp_path):
    def write(*lines: str, name: str = "NO.txt", end: str = "\n") -> Path:
        path = tmp_path / name
        path.write_bytes("".join(f"{one}{end}" for one in lines).encode())
        return path

    return write


@pytest.fixture
def archive(tmp_path):
    def write(**members: bytes) -> Path:
        path = tmp_path / "NO.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as stream:
            for name, content in members.items():
                stream.writestr(f"{name}.txt", content)
        return path

    return write


def stored() -> dict[str, tuple[str, float, float]]:
    return {row.code: (row.name, row.latitude, row.longitude) for row in PostalCode.objects.all()}


@pytest.mark.django_db
def test_a_file_replaces_the_table(file):
    assert read_gazetteer().codes == {}
    loaded = postal_codes.load_postal_codes([file(line(), line("5700", "Voss", 60.63, 6.42), end="\r\n")])
    assert loaded == (2, [])
    assert stored() == {"5003": ("Bergen", 60.39, 5.32), "5700": ("Voss", 60.63, 6.42)}
    assert read_gazetteer().codes["5700"] == Centre("Voss", Point(60.63, 6.42))


@pytest.mark.django_db
def test_a_process_notices_that_another_table_was_loaded(file):
    postal_codes.load_postal_codes([file(line())])
    assert set(read_gazetteer().codes) == {"5003"}
    postal_codes.load_postal_codes([file(line("5700", "Voss"))])
    assert set(read_gazetteer().codes) == {"5700"}
    assert read_gazetteer() is read_gazetteer()


@pytest.mark.django_db
def test_an_archive_in_the_form_of_geonames_is_loaded(archive, file):
    packed = archive(readme=b"This work is licensed", NO=f"\ufeff{line()}\n{line('5700', 'Voss')}\n".encode())
    svalbard = file(line("9170", "Longyearbyen", 78.22, 15.65, country="SJ"), name="SJ.txt")
    assert postal_codes.load_postal_codes([packed, svalbard]).codes == 3
    assert set(stored()) == {"5003", "5700", "9170"}


@pytest.mark.django_db
def test_of_lines_with_the_same_code_the_most_accurate_is_used(file):
    postal_codes.load_postal_codes([file(line(name="A", accuracy=""), line(name="B", accuracy=4), line(name="C", accuracy=4))])
    assert stored()["5003"][0] == "B"


FAULTS = {
    "": "12 fields",
    "NO\t5003\tBergen": "12 fields",
    line(country="SE"): "country",
    line("503"): "postal code",
    line("0000"): "postal code",
    line("abcd"): "postal code",
    line(name=""): "name",
    line(name="\x00\u202e"): "name",
    line(name="x" * 101): "name",
    line(latitude=""): "latitude",
    line(latitude="nan"): "latitude",
    line(latitude="inf"): "latitude",
    line(latitude=48.2): "latitude",
    line(longitude="5,32"): "longitude",
    line(longitude=100): "longitude",
    line(accuracy="x"): "accuracy",
}


@pytest.mark.django_db
@pytest.mark.parametrize("faulty", FAULTS, ids=range(len(FAULTS)))
def test_a_faulty_line_is_reported_and_the_table_is_unchanged(file, faulty):
    postal_codes.load_postal_codes([file(line("0150", "Oslo", 59.9, 10.7))])
    before = read_gazetteer()
    with pytest.raises(postal_codes.UnreadableFile) as refused:
        postal_codes.load_postal_codes([file(line(), faulty, line("5700"))])
    assert "NO.txt, line 2" in str(refused.value)
    assert FAULTS[faulty] in str(refused.value)
    assert "--skip-faulty" in str(refused.value)
    assert set(stored()) == {"0150"}
    assert read_gazetteer() is before
    loaded = postal_codes.load_postal_codes([file(line(), faulty, line("5700"))], skip_faulty=True)
    assert (loaded.codes, len(loaded.skipped)) == (2, 1)


@pytest.mark.django_db
def test_of_many_faulty_lines_the_first_ten_are_reported(file):
    with pytest.raises(postal_codes.UnreadableFile) as refused:
        postal_codes.load_postal_codes([file(*["x"] * 500)])
    assert "line 10:" in str(refused.value)
    assert "line 11:" not in str(refused.value)
    assert "490 more" in str(refused.value)


@pytest.mark.django_db
def test_a_file_without_postal_codes_is_refused(file, archive, tmp_path, monkeypatch):
    postal_codes.load_postal_codes([file(line())])
    broken = archive(NO=line().encode() * 200)
    broken.write_bytes(broken.read_bytes()[:60] + b"\xff" * 20 + broken.read_bytes()[80:])
    refused = [broken]
    refused.append(tmp_path / "nothing.zip")
    refused.append(tmp_path)
    (tmp_path / "latin.txt").write_bytes(line(name="Tromsø").encode("latin-1"))
    refused.append(tmp_path / "latin.txt")
    refused.append(file(name="empty.txt"))
    for one in refused:
        with pytest.raises(postal_codes.UnreadableFile):
            postal_codes.load_postal_codes([one])
    for members in ({}, {"readme": b""}, {"NO": b"", "SJ": b""}, {"allCountries": b""}):
        with pytest.raises(postal_codes.UnreadableFile, match="not one"):
            postal_codes.load_postal_codes([archive(**members)])
    with pytest.raises(postal_codes.UnreadableFile, match="lines"):
        postal_codes.load_postal_codes([file(*[""] * 100_001, "x")])
    with pytest.raises(postal_codes.UnreadableFile, match="20 MB"):
        postal_codes.load_postal_codes([archive(NO=b"\0" * 20_000_001)])
    monkeypatch.setattr(postal_codes, "LARGEST", 100)
    with pytest.raises(postal_codes.UnreadableFile, match="larger"):
        postal_codes.load_postal_codes([file(line(), line())])
    assert set(stored()) == {"5003"}


@pytest.mark.django_db
def test_an_archive_with_a_false_size_is_unpacked_up_to_the_limit(archive, monkeypatch):
    packed = archive(NO=b"\0" * 5_000_000)
    content = bytearray(packed.read_bytes())
    entry = content.rindex(b"PK\x01\x02")  # the size in the central directory, which a reader trusts
    content[entry + 24 : entry + 28] = (50).to_bytes(4, "little")
    packed.write_bytes(content)
    monkeypatch.setattr(postal_codes, "LARGEST", 1000)
    with pytest.raises(postal_codes.UnreadableFile, match=r"larger|unpacked"):
        postal_codes.load_postal_codes([packed])
    assert stored() == {}


@pytest.mark.django_db
def test_the_command_prints_what_it_loaded(file, capsys):
    call_command("load_postal_codes", str(file(line(), "x", line("5700"))), "--skip-faulty")
    told = capsys.readouterr().out
    assert "2 postal codes loaded, 1 lines left out." in told
    assert "NO.txt, line 2" in told
    with pytest.raises(SystemExit) as stopped:
        call_command("load_postal_codes", str(file("x")), "--json")
    assert stopped.value.code == 2
    assert '"reason": "unreadable-file"' in capsys.readouterr().out
    assert set(stored()) == {"5003", "5700"}
