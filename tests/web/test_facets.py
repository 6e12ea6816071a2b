"""Facets on pages: long facets, the chart of days, resetting filters."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from lxml import html

from jobsearch.taxonomy.catalogue import NOT_STATED
from jobsearch.vacancies.ad_data import LocationData, OccupationData
from jobsearch.vacancies.visibility import OSLO
from tests.web.page import Page

NYNORSK = "<p>Me søkjer deg som ikkje har noko imot regn, og som er glad i å vere ute frå morgon til kveld.</p>"
ALESUND = (LocationData("NORGE", "MØRE OG ROMSDAL", "ÅLESUND", "ÅLESUND"),)


def get(client, address: str, status: int = 200) -> Page:
    response = client.get(address)
    assert response.status_code == status, (response.status_code, getattr(response, "url", ""))
    return Page(response)


def test_few_occupations_are_listed_in_both_levels(client, own_ads):
    nurse, doctor = OccupationData("Helse og sosial", "Sykepleier"), OccupationData("Helse og sosial", "Lege")
    own_ads(
        {"title": "A", "occupations": (nurse,)}, {"title": "B", "occupations": (nurse,)}, {"title": "C", "occupations": (doctor,)}
    )
    page = get(client, "/")
    boxes = [(box.get("value"), box.get("data-count")) for box in page.all("//ul[@id='f-occupation']//input[@name='occupation']")]
    assert boxes == [("Helse og sosial", "3"), ("Helse og sosial/Sykepleier", "2"), ("Helse og sosial/Lege", "1")]
    assert not page.all("//input[@id='w-occupation']")


def test_many_occupations_have_a_field_that_finds_both_levels(client, own_ads):
    kinds = ("Sykepleier", "Lege", "Psykolog", "Vernepleier", "Bioingeniør", "Fysioterapeut", "Ergoterapeut", "Optiker")
    jobs = [OccupationData("Helse og sosial", kind) for kind in kinds]
    jobs += [OccupationData("Utdanning", kind) for kind in ("Barnehage", "Grunnskole", "Videregående skole", "Forskningsarbeid")]
    jobs += [OccupationData("Reiseliv og mat", kind) for kind in ("Kokk", "Restaurant", "Baker og konditor")]
    own_ads(*({"title": job.level2, "occupations": (job,)} for job in jobs))
    page = get(client, "/")
    assert page.all("//input[@id='w-occupation']")
    assert not page.all("//ul[@id='f-occupation']//input[contains(@value, '/')]")
    found = Part(client.get("/filter/occupation/?within=sykepl", headers={"HX-Request": "true"}))
    values = [box.get("value") for box in found.all("//input[@name='occupation']")]
    assert values == ["Helse og sosial", "Helse og sosial/Sykepleier"]


class Part(Page):
    """A fragment of a page, which does not declare its encoding."""

    def __init__(self, response) -> None:
        self.response = response
        self.root = html.fromstring(response.content.decode())


def listed(client, facet: str = "employer", **asked) -> Part:
    """The list of a facet's values as the filter panel requests it."""
    response = client.get(f"/filter/{facet}/", asked, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return Part(response)


def oslo(days_ago: int = 0) -> dt.date:
    return timezone.now().astimezone(OSLO).date() - dt.timedelta(days=days_ago)


def noon(days_ago: int) -> dt.datetime:
    return dt.datetime.combine(oslo(days_ago), dt.time(12), tzinfo=OSLO)


@pytest.fixture(scope="module")
def some_site(module_site):
    with module_site() as make_ads:
        make_ads(*list_ads())
        yield


@pytest.fixture
def some(some_site, db) -> None:
    """Five ads, which no test here changes."""


def list_ads() -> tuple[dict, ...]:
    return (
        {"title": "Kokk", "employer_name": "Kroa  AS", "application_due": "Snarest", "published": noon(1)},
        {"title": "Lege", "employer_name": "Helse & Ro", "application_due": str(oslo(-2)), "published": noon(3)},
        {"title": "Vakt", "employer_name": "Helse & Ro", "application_due": str(oslo(-3)), "published": noon(3)},
        {
            "title": "Rektor",
            "employer_name": "",
            "description": NYNORSK,
            "application_due": str(oslo(-60)),
            "published": noon(20),
        },
        {"title": "Baker", "employer_name": "Ål bakeri", "locations": ALESUND, "application_due": "", "published": noon(9)},
    )


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ("deadline=asap", ["Kokk"]),
        ("deadline=3", ["Lege"]),
        ("deadline=7", ["Lege", "Vakt"]),
        ("deadline=30", ["Lege", "Vakt"]),
        ("deadline=Ikke+oppgitt", ["Baker"]),
        ("employer=Kroa+AS", ["Kokk"]),
        ("employer=Helse+%26+Ro&employer=%C3%85l+bakeri", ["Baker", "Lege", "Vakt"]),
        ("employer=Ikke+oppgitt", ["Rektor"]),
        ("language=nn", ["Rektor"]),
        ("published={3}", ["Lege", "Vakt"]),
        ("published={20}", ["Rektor"]),
        ("employer=Helse+%26+Ro&deadline=3&published={3}", ["Lege"]),
    ],
)
def test_each_filter_finds_its_ads(client, some, asked, titles):
    for ago in (3, 20):
        asked = asked.replace(f"{{{ago}}}", str(oslo(ago)))
    page = get(client, f"/?{asked}")
    assert sorted(page.titles) == titles
    assert page.total == len(titles)


def test_deadline_filter_includes_today_and_not_yesterday(client, own_ads):
    own_ads({"title": "I dag", "application_due": str(oslo())}, {"title": "I går", "application_due": str(oslo(1))})
    assert get(client, "/?deadline=3").titles == ["I dag"]
    assert get(client, "/?deadline=30").titles == ["I dag"]


def test_chart_has_fourteen_days_whose_counts_equal_the_hits(client, some):
    page = get(client, "/")
    bars = page.all("//*[@id='f-published']//a[@data-day and rect]")
    assert [bar.get("data-day") for bar in bars] == [str(oslo(ago)) for ago in range(13, -1, -1)]
    rows = {row.find(".//a").get("data-day"): row for row in page.all("//*[@id='f-published']//tbody/tr")}
    assert sorted(rows) == [bar.get("data-day") for bar in bars]
    for bar in bars:
        row = rows[bar.get("data-day")]
        assert bar.get("href") == row.find(".//a").get("href") == f"/?published={bar.get('data-day')}"
        number = int(row.find("td").text)
        assert get(client, bar.get("href")).total == number
        height = int(bar.find("rect[@class='bar']").get("height"))
        assert height == {0: 0, 1: 32, 2: 64}[number]
    svg = page.one("//*[@id='f-published']//svg")
    assert svg.get("aria-hidden") == "true"
    assert {bar.get("tabindex") for bar in bars} == {"-1"}
    assert not page.all("//*[@style]")


def test_chart_counts_stay_while_a_day_is_chosen_which_links_back(client, some):
    def numbers(page):
        return [cell.text for cell in page.all("//*[@id='f-published']//tbody//td")]

    chosen = get(client, f"/?published={oslo(3)}")
    assert numbers(chosen) == numbers(get(client, "/"))
    assert [link.get("href") for link in chosen.all("//main//*[@aria-current='true']")] == ["/"]
    box = chosen.one(f"//input[@name='published'][@value='{oslo(3)}']")
    assert (box.get("checked") is not None, box.get("data-count")) == (True, "2")


def test_chosen_day_before_the_chart_is_counted(client, some):
    page = get(client, f"/?published={oslo(20)}")
    assert page.one(f"//input[@value='{oslo(20)}']").get("data-count") == "1"
    assert not page.all(f"//*[@data-day='{oslo(20)}']")


def test_each_facet_with_a_choice_has_its_own_reset(client, some):
    address = f"/?place=VESTLAND&employer=Helse+%26+Ro&deadline=7&published={oslo(3)}"
    page = get(client, address)
    resets = {link.get("data-reset"): link.get("href") for link in page.all("//a[@data-reset]")}
    assert resets == {
        "place": f"/?employer=Helse+%26+Ro&deadline=7&published={oslo(3)}",
        "employer": f"/?place=VESTLAND&deadline=7&published={oslo(3)}",
        "deadline": f"/?place=VESTLAND&employer=Helse+%26+Ro&published={oslo(3)}",
        "published": "/?place=VESTLAND&employer=Helse+%26+Ro&deadline=7",
    }
    assert page.text("//a[@data-reset='deadline']") == "Nullstill frist"


def test_htmx_response_updates_every_facet(client, some):
    page = get(client, "/")
    swapped = page.one("//form[@id='sok']").get("hx-select-oob")
    for facet in ("place", "occupation", "employer", "engagement", "extent", "sector", "deadline", "published", "language"):
        assert f"#f-{facet}:innerHTML" in swapped and f"#n-{facet}:innerHTML" in swapped
        page.one(f"//*[@id='f-{facet}']")
    opened = [details.find("summary").text.strip() for details in page.all("//details[@class='facet'][@open]")]
    assert opened == ["Sted", "Yrke"]


def test_chips_name_the_facet_of_a_choice(client, some):
    address = f"/?sector=Ikke+oppgitt&employer=Ikke+oppgitt&language=nn&deadline=asap&published={oslo(3)}"
    chips = [chip.text.strip() for chip in get(client, address).all("//a[@class='chip']")]
    assert chips[:4] == ["Sektor ikke oppgitt", "Arbeidsgiver ikke oppgitt", "Nynorsk", "Frist snarest"]
    assert chips[4].startswith("Publisert ") and str(oslo(3).day) in chips[4]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/?size=26", "Vi kan ikke vise «26» treff per side."),
    ],
)
def test_unknown_values_are_reported(client, some, address, sentence):
    page = get(client, address)
    assert sentence in page.text()
    assert page.total == 5


def test_unknown_employer_is_reported_and_finds_nothing(client, some):
    page = get(client, "/?employer=Helse+og+Ro")
    assert page.total == 0
    assert "Vi har ingen annonser fra «Helse og Ro» nå." in page.text()
    both = get(client, "/?employer=Helse+og+Ro&employer=Kroa+AS")
    assert both.titles == ["Kokk"]
    assert "«Helse og Ro»" in both.text("//*[@class='message warn']") and "Kroa" not in both.text("//*[@class='message warn']")
    assert "Vi har ingen" not in get(client, "/?employer=Kroa+AS&language=nn").text()


def test_employers_are_counted_only_on_request(client, some):
    page = get(client, "/")
    assert not page.all("//input[@name='employer']")
    link = page.one("//*[@id='f-employer']//a")
    assert link.get("href") == "/filter/employer/"
    answer = listed(client)
    found = {box.get("value"): int(box.get("data-count")) for box in answer.all("//input[@name='employer']")}
    assert [*found.items()] == [("Helse & Ro", 2), ("Kroa AS", 1), ("Ål bakeri", 1), (NOT_STATED, 1)]
    for value, number in found.items():
        assert Page(client.get("/", {"employer": value})).total == number


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("HELSE", ["Helse & Ro"]),
        ("al b", ["Ål bakeri"]),
        ("ål", ["Ål bakeri"]),
        ("roa", ["Kroa AS"]),
        ("å", ["Ål bakeri"]),
        ("xyz", []),
    ],
)
def test_values_are_found_by_part_of_a_name_without_norwegian_letters(client, some, typed, names):
    found = listed(client, within=typed)
    assert [box.get("value") for box in found.all("//input[@name='employer']")] == names
    assert names or found.text("//*[@class='hint']") == f"Ingen valg med «{typed}»"


def test_narrowed_list_counts_within_the_search_and_keeps_choices(client, some):
    asked = {"q": "lege", "employer": "Kroa AS", "within": "helse"}
    page = listed(client, **asked)
    found = {box.get("value"): (box.get("data-count"), box.get("checked") is not None) for box in page.all("//input")}
    assert found == {"Helse & Ro": ("1", False), "Kroa AS": ("0", True)}
    of_all = listed(client, employer="Kroa AS", within="helse")
    assert {box.get("value"): box.get("data-count") for box in of_all.all("//input")} == {"Helse & Ro": "2", "Kroa AS": "1"}


def test_municipality_is_found_without_choosing_its_county(client, some):
    page = listed(client, "place", within="alesund")
    assert [(box.get("value"), box.get("data-count")) for box in page.all("//input")] == [
        ("MØRE OG ROMSDAL", "1"),
        ("MØRE OG ROMSDAL/ÅLESUND", "1"),
    ]


def test_long_list_says_that_it_is_cut(client, own_ads):
    own_ads(*({"employer_name": f"Firma {n:02}"} for n in range(40)), {"employer_name": "Firma 39"})
    page = listed(client)
    values = [box.get("value") for box in page.all("//input[@name='employer']")]
    assert values == ["Firma 39", *(f"Firma {n:02}" for n in range(29))]
    assert "Her er de 30 med flest annonser." in page.text("//*[@class='hint']")
    few = listed(client, within="39")
    assert not few.all("//*[@class='hint']")


def test_list_is_a_page_of_links_without_scripts(client, some):
    link = get(client, "/?place=VESTLAND&sort=deadline").one("//*[@id='f-employer']//a")
    page = get(client, link.get("href"))
    assert page.h1 == "Arbeidsgiver"
    assert "Vestland" in page.text("//p[@class='mute']")
    links = {one.text: one.get("href") for one in page.all("//ul[@class='facet-links']//a")}
    assert links["Helse & Ro"] == "/?place=VESTLAND&employer=Helse+%26+Ro&sort=deadline"
    assert "Ål bakeri" not in links
    assert get(client, links["Kroa AS"]).titles == ["Kokk"]
    hidden = {field.get("name"): field.get("value") for field in page.all("//main//input[@type='hidden']")}
    assert hidden == {"place": "VESTLAND", "sort": "deadline"}
    assert "noindex" in page.response["X-Robots-Tag"]
    assert page.one("//a[.='Tilbake til treffene']").get("href") == "/?place=VESTLAND&sort=deadline"


def test_page_of_employers_says_that_it_is_cut(client, own_ads):
    own_ads(*({"employer_name": f"Firma {n:03}"} for n in range(203)))
    page = get(client, "/filter/employer/")
    assert len(page.all("//ul[@class='facet-links']/li")) == 200
    assert "Her er de 200 med flest annonser." in page.text()


@pytest.mark.parametrize("name", ["sector", "published", "q", "x"])
def test_only_searchable_facets_have_a_page(client, some, name):
    assert client.get(f"/filter/{name}/").status_code == 404


@pytest.mark.parametrize("asked", [{"q": "01010750160"}, {"employer": "kari@sykehus.example"}])
def test_personal_data_is_not_repeated_by_the_list(client, some, asked):
    response = client.get("/filter/employer/", asked)
    assert (response.status_code, response.url) == (302, "/")
    page = client.get("/", asked)
    assert page.status_code == 400
    assert next(iter(asked.values())) not in page.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_list_says_that_the_engine_is_down(client, some, engine_down, headers, monkeypatch):
    from jobsearch.search import api as search

    def down(*args: object, **kwargs: object):
        raise search.EngineDown("The engine does not answer. Start it.")

    monkeypatch.setattr("jobsearch.search.api.count_facets", down)
    response = client.get("/filter/employer/", {"employer": "Kroa AS"}, headers=headers)
    assert response.status_code == 503
    assert "Søket er nede akkurat nå" in response.content.decode()
    if headers:
        assert Page(response).one("//input").get("checked") is not None


@pytest.mark.parametrize(
    "typed", ["\x00", "\ud800".encode("utf-16", "surrogatepass").decode("latin1"), "x" * 5000, "<script>", "%", ".*"]
)
def test_any_typed_text_is_answered(client, some, typed):
    response = client.get("/filter/employer/", {"within": typed}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "<script>" not in response.content.decode()


def test_page_size_is_used_and_kept(client, own_ads):
    own_ads(*({"title": f"Stilling {number}"} for number in range(55)))
    page = get(client, "/?size=50")
    assert len(page.titles) == 50
    assert page.one("//a[contains(@rel, 'next')]").get("href") == "/?size=50&page=2"
    assert page.one("//input[@name='size' and @form='sok']").get("value") == "50"  # the next search has the same size
    assert len(get(client, "/?size=100").titles) == 55
    assert client.get("/?size=25").url == "/"
    assert client.get("/?size=50&page=9").url == "/?size=50&page=2"


def test_saved_search_lists_its_criteria(client, some, recruiter):
    client.force_login(recruiter)
    day = oslo(3)
    params = f"q=lege&employer=Helse+%26+Ro&language=nn&deadline=7&published={day}"
    client.post("/lagrede-sok/lagre/", {"query": params, "name": "Mine"})
    assert recruiter.saved_searches.get().params == params
    words = get(client, "/lagrede-sok/").text()
    for part in ("Arbeidsgiver", "Helse & Ro", "Språk i annonsen", "Nynorsk", "Frist", "Innen 7 dager", "Publisert"):
        assert part in words
    proposal = get(client, "/?employer=Helse+%26+Ro&deadline=7").one("//input[@id='save-name']").get("value")
    assert proposal == "Helse & Ro · Frist innen 7 dager"


def test_old_saved_search_finds_the_same_ads(client, some, recruiter):
    client.force_login(recruiter)
    saved = recruiter.saved_searches.create(name="Gammelt", params="place=VESTLAND&published=7")
    response = client.get(f"/lagrede-sok/{saved.pk}/")
    assert response.url.startswith("/?place=VESTLAND&published=7&sort=published&since=")
    assert sorted(get(client, response.url).titles) == ["Kokk", "Lege", "Vakt"]


def test_quick_filters_are_those_that_exclude_some_hits(client, own_ads):
    own_ads({"title": "Kokk", "extent": "Deltid"}, {"title": "Lege", "application_due": str(oslo(-2)), "published": noon(9)})
    page = get(client, "/")
    quick = {link.text_content(): link.get("href") for link in page.all("//ul[contains(@class, 'quick')]//a")}
    assert list(quick.values()) == ["/?extent=Deltid", "/?extent=Heltid", "/?deadline=7", "/?published=3"]
    assert "/?extent=Heltid" not in [
        link.get("href") for link in get(client, "/?extent=Deltid").all("//ul[contains(@class, 'quick')]//a")
    ]
