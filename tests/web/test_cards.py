"""Cards of ads in lists: content, escaping, marked matches, and duplicates in one row."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import ContactData, LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from jobsearch.web.presenters import ad_rows, dates
from tests.conftest import in_days
from tests.web.page import Page


def place(name: str, county: str = "VESTLAND") -> LocationData:
    return LocationData("NORGE", county, name, name)


def get(client, address: str = "/") -> Page:
    response = client.get(address)
    assert response.status_code == 200
    return Page(response)


def due(number: int) -> str:
    return f"{timezone.localtime(in_days(number)):%d.%m.%Y}"


def short_day(number: int) -> str:
    return dates.format_short_day(timezone.localtime(in_days(number)).date())


def facts(page: Page) -> list[str]:
    found = page.all("//article//ul[@class='card-facts']/li[not(@class='seen')]")
    return ["".join(one.xpath(".//text()[not(ancestor::*[@aria-hidden])]")).strip() for one in found]


def test_card_shows_employer_places_dates_and_employment(client, ads):
    ads({"application_due": due(1), "extent": "Deltid"})
    page = get(client)
    assert page.text("//article//*[@class='card-employer']") == "Sykehuset"
    assert page.text("//article//*[@class='card-place']") == "Bergen"
    assert facts(page) == [f"1 dag igjen ({short_day(1)})", "Deltid", "Fast", "Publisert i går"]
    assert page.text("//article//li[@class='published']/span[@aria-hidden]") == "I går"


def test_full_time_is_not_shown_and_a_past_deadline_is_named(client, ads):
    ads({"application_due": due(-1)})
    assert facts(get(client, "/?deadline=all")) == ["Fristen er ute", "Fast", "Publisert i går"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (0, "Frist i dag"),
        (3, "3 dager igjen (DAY)"),
        (6, "6 dager igjen (DAY)"),
        (7, "Frist DAY"),
        ("Snarest", "Søk snarest"),
        ("Fortløpende", "Løpende"),
    ],
)
def test_deadline_of_a_row_has_five_outcomes(client, ads, written, shown):
    number = isinstance(written, int)
    ads({"application_due": due(written) if number else written})
    assert facts(get(client))[0] == shown.replace("DAY", short_day(written) if number else "")


def test_deadline_text_of_the_employer_is_only_on_the_page_of_the_ad(client, ads):
    words = "Vi vurderer søknader etter hvert som de kommer inn, så send den gjerne i dag eller i morgen"
    [uuid] = ads({"application_due": words})
    assert words not in get(client).text("//article") and not get(client).all("//article//li[contains(@class, 'due')]")
    assert words in get(client, f"/stilling/{uuid}/").text("//main")


@pytest.mark.parametrize(
    ("title", "fields", "tags"),
    [
        ("Sykepleier 20 %", {"extent": "Deltid"}, ["20 %", "Fast"]),
        ("Sykepleier, 50 - 80% natt", {}, ["50–80 %", "Natt", "Fast"]),
        ("Sykepleier 100 %", {"engagement": "Vikariat"}, ["Vikariat"]),
        ("Nattevakt og helgevakt i turnus, hjemmekontor, 30 prosent", {}, ["30 %", "Natt", "Helg", "Fast"]),
        ("Sykepleier 0 % eller 900 %", {"engagement": "Annet"}, []),
        ("Natur og nattlig ro", {}, ["Fast"]),
    ],
)
def test_tags_are_what_distinguishes_an_ad(client, ads, title, fields, tags):
    ads({"title": title, **fields}, {"title": "Kokk", "engagement": "Sesong"})
    page = get(client)
    row = next(one for one in page.all("//article") if "Kokk" not in one.text_content())
    assert [tag.text_content() for tag in row.xpath(".//li[@class='tag']")] == tags


def test_tags_of_all_rows_are_not_shown(client, ads):
    ads({"title": "Lege", "extent": "Deltid"}, {"title": "Kokk", "extent": "Deltid"})
    assert not get(client).all("//li[@class='tag']")
    ads({"title": "Vakt", "engagement": "Vikariat", "extent": "Deltid"})
    assert sorted(tag.text for tag in get(client).all("//li[@class='tag']")) == ["Fast", "Fast", "Vikariat"]


def test_chosen_value_is_no_tag(client, ads):
    ads({"title": "Lege 20 %", "extent": "Deltid"}, {"title": "Kokk", "extent": "Deltid", "engagement": "Vikariat"})
    tags = [tag.text for tag in get(client, "/?extent=Deltid").all("//li[@class='tag']")]
    assert sorted(tags) == ["20 %", "Fast", "Vikariat"]


def test_capitals_are_shown_in_normal_case_with_the_original_in_the_title(client, ads):
    ads({"title": "SYKEPLEIER I BERGEN", "employer_name": "HELSE BERGEN HF"})
    page = get(client, "/?q=sykepleier")
    link = page.one("//article//a")
    assert link.text_content() == "Sykepleier i Bergen" and link.get("title") == "SYKEPLEIER I BERGEN"
    assert page.text("//article//mark") == "Sykepleier"
    assert page.text("//*[@class='card-employer']") == "Helse Bergen HF"
    assert page.text("//*[@class='card-sign']") == "HB"


def test_titles_are_not_marked_if_every_row_has_the_word(client, ads):
    ads(*({"title": f"Sykepleier {name}"} for name in ("A", "B", "C", "D", "E")))
    assert not get(client, "/?q=sykepleier").all("//article//h3//mark")
    ads({"title": "Avdelingsleder", "job_title": "Sykepleier"})
    assert len(get(client, "/?q=sykepleier").all("//article//h3//mark")) == 5


def test_ad_without_title_employer_or_place_has_a_link(client, ads):
    ads({"title": "", "employer_name": "", "locations": ()})
    page = get(client)
    assert page.titles == ["Stilling uten tittel"]
    assert not page.all("//*[@class='card-employer'] | //*[@class='card-place']")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/", "Bergen, Voss og 2 andre steder"),
        ("/?q=sykepleier+stord&as_typed=1", "Stord, Bergen og 2 andre steder"),
        ("/?place=OSLO", "Oslo, Bergen og 2 andre steder"),
    ],
)
def test_searched_place_is_among_the_two_shown(client, ads, address, shown):
    ads({"locations": (place("BERGEN"), place("VOSS"), place("STORD"), place("OSLO", "OSLO"))})
    assert get(client, address).text("//*[@class='card-place']") == shown


def test_matches_are_marked_in_title_employer_place_and_text(client, ads):
    ads({"title": "Sykepleiere", "employer_name": "Nye sykehuset"})
    page = get(client, "/?q=sykepleier+sykehus+bergen+natt&as_typed=1")
    assert [mark.text_content() for mark in page.all("//article//mark")] == ["Sykepleiere", "sykehuset", "Bergen", "natt"]
    assert page.one("//*[contains(@class, 'card-snippet')]").text_content().startswith("Vi søker en sykepleier til natt.")
    assert not get(client).all("//mark") and not get(client).all("//*[contains(@class, 'card-snippet')]")


def test_occupation_is_shown_if_only_it_matched(client, ads):
    ads({"title": "Vi trenger deg", "occupations": (OccupationData("Reiseliv og mat", "Kokk"),)}, {"title": "Kokk"})
    page = get(client, "/?q=kokk")
    assert [why.text_content() for why in page.all("//*[@class='card-why']")] == ["Yrke: Kokk"]


def test_corrected_search_marks_the_corrected_words(client, ads):
    ads({"title": "Sykepleier"})
    assert get(client, "/?q=sykepeier").text("//mark") == "Sykepleier"


def test_occupation_found_only_in_texts_is_marked_in_the_snippet(client, ads):
    job = (OccupationData("Salg", "Selger"),)
    ads({"title": "Selger", "occupations": job, "description": "<p>Vi har egen kokk på huset.</p>"})
    page = get(client, "/?q=kokk")
    assert page.total == 1 and page.text("//*[contains(@class, 'card-snippet')]//mark") == "kokk"


EVIL = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script> </mark> & sykepleier/<b>"


def test_fields_of_an_ad_are_escaped(client, ads):
    description = "<p>Natt &lt;script&gt;alert(3)&lt;/script&gt; &amp;lt;i&amp;gt; og natt</p>"
    ads({"title": EVIL, "employer_name": EVIL, "description": description, "locations": (place("<B>X</B>"),)})
    for q in ("", "sykepleier natt", "script alert img onerror src", "mark b", "lt gt script", "x"):
        page = Page(client.get("/", {"q": q} if q else {}))
        assert not page.all("//article//script | //article//img | //article//b | //article//i"), q
        assert page.titles == [EVIL] if page.total else q
        assert b"<script>alert" not in page.response.content
    assert "<script>alert(3)</script>" in Page(client.get("/?q=natt")).text("//*[contains(@class, 'card-snippet')]")


def test_snippet_contains_no_contact(client, ads):
    ads({"title": "Vakt"})
    shown = get(client, "/?q=natt+ring").text("//*[contains(@class, 'card-snippet')]")
    assert "natt" in shown and "Kari" not in shown and "22 33" not in shown and "@" not in shown


def test_card_outside_search_results_is_the_same_without_marks(ads):
    [uuid] = ads({"title": "Kokk/kelner <b>"})
    card = ad_rows.build_card(ad_rows.list_active_ads([uuid])[0])
    assert card.title == "Kokk/<wbr>kelner &lt;b&gt;" and not card.snippet and not card.new


# Duplicates in one row.


def chain(*names: str, **fields) -> list[dict]:
    """An ad of one shop in several municipalities, the newest first."""
    now = timezone.now()
    return [
        {
            "title": f"Butikkmedarbeider {name.capitalize()}",
            "employer_name": "Kiwi",
            "description": f"<p>Kiwi {name.capitalize()} søker deg. Du liker folk.</p>",
            "locations": (place(name),),
            "published": now - dt.timedelta(hours=number),
            "contacts": (ContactData(f"Kari {name}"),),
        }
        | fields
        for number, name in enumerate(names)
    ]


def folded(page: Page) -> list[str]:
    return [" ".join(link.text_content().split()) for link in page.all("//details[@class='fold']//a")]


def test_duplicates_at_several_places_are_one_row_with_a_link_to_each(client, ads):
    uuids = ads(*chain("BERGEN", "VOSS", "STORD", "ALVER"), {"title": "Kokk"})
    page = get(client)
    assert page.total == 5 and page.titles == ["Butikkmedarbeider Bergen", "Kokk"]
    assert page.text("//details[@class='fold']/summary") == "og på 3 andre steder"
    assert folded(page) == [f"{name}: Butikkmedarbeider {name}" for name in ("Voss", "Stord", "Alver")]
    addresses = {link.get("href") for link in page.all("//ol[@class='cards']//a")}
    assert addresses == {f"/stilling/{uuid}/" for uuid in uuids}


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Butikksjef Voss"},
        {"employer_name": "Rema"},
        {"employer_name": ""},
        {"description": "<p>Kiwi Voss søker deg. Du liker frukt.</p>"},
        {"description": ""},
    ],
    ids=str,
)
def test_ads_with_other_title_employer_or_text_have_rows_of_their_own(client, ads, change):
    one, other = chain("BERGEN", "VOSS")
    ads(one, other | change)
    page = get(client)
    assert len(page.titles) == page.total == 2 and not folded(page)


def test_only_neighbouring_duplicates_share_a_row(client, ads):
    one, other = chain("BERGEN", "VOSS")
    ads(one, other, {"title": "Kokk", "published": one["published"] - dt.timedelta(minutes=30)})
    assert get(client).titles == ["Butikkmedarbeider Bergen", "Kokk", "Butikkmedarbeider Voss"]


def test_duplicates_at_one_place_are_labelled_as_equal_ads(client, ads):
    ads(*chain("BERGEN", "BERGEN"))
    page = get(client)
    assert page.text("//details[@class='fold']/summary") == "og 1 lik annonse"
    assert folded(page) == ["Butikkmedarbeider Bergen"]


def test_page_size_counts_ads_not_rows(client, ads):
    ads(*chain(*["BERGEN"] * 30))
    first, second = get(client), get(client, "/?page=2")
    assert first.total == 30 and first.text("//h2[@id='treff-h']") == "30 treff"
    assert (len(folded(first)), len(folded(second))) == (24, 4)
    seen = {link.get("href") for page in (first, second) for link in page.all("//ol[@class='cards']//a")}
    assert len(seen) == 30


def test_ended_ad_is_not_in_a_row_of_duplicates(client, ads):
    uuids = ads(*chain("BERGEN", "VOSS", "STORD"))
    Vacancy.objects.filter(uuid=uuids[0]).update(status="INACTIVE")
    store.set_hidden(uuids[1], True)
    page = get(client)
    assert page.titles == ["Butikkmedarbeider Stord"] and not folded(page)


def test_each_ad_of_a_row_has_its_marks_and_deadline(client, ads):
    one, other = chain("BERGEN", "VOSS")
    ads(one, other | {"application_due": due(0)})
    page = get(client, "/?q=butikkmedarbeider")
    assert "Frist i dag" in page.text("//details[@class='fold']")
    assert "Butikkmedarbeider" in page.text("//details[@class='fold']//a//mark")
