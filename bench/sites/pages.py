"""What the processes of `measurements/pages.py` do in a checkout: load ads, answer requests in process, answer the baseline.

Uses only what every checkout has, so that an earlier version of the site can be measured by it.
"""

from __future__ import annotations

import cProfile
import gc
import json
import pstats
import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

WORDS = (
    *("sykepleier", "lærer", "kokk", "butikkmedarbeider", "utvikler", "ingeniør", "selger", "renholder", "elektriker", "vikar"),
    *("sjåfør", "barnehagelærer", "helsefagarbeider", "leder", "prosjektleder", "rådgiver", "kundeservice", "mekaniker"),
    # Words of running texts, for which snippets are looked for.
    *("førerkort", "turnus", "truckførerbevis", "norsk", "erfaring", "arbeidsmiljø", "fagbrev", "selvstendig", "kveld", "team"),
)
FILTERS = (
    "place=OSLO&extent=Heltid",
    "place=VESTLAND&sector=Offentlig",
    "extent=Heltid&engagement=Fast",
    "sector=Privat&published=7",
    "place=ROGALAND&engagement=Fast",
    "extent=Deltid&deadline=30",
)
TYPED = ("syk", "lær", "ber", "oslo k", "ut", "butikk", "inge", "kommune", "hel", "stav")
WITHIN = ("as", "kommune", "ber", "n", "helse", "stav", "skole", "bygg")


def set_up() -> None:
    sys.path.insert(0, str(Path.cwd()))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)


def start() -> None:
    """What a web process does before its first request: keeps its connection, reads words and names, spares the collector."""
    from django.conf import settings
    from django.db import connection

    from jobsearch.search.analysis import spelling
    from jobsearch.search.assist import suggestions
    from jobsearch.search.facets import employer_names

    # As `wsgi.py`, whose threads may keep their connections.
    connection.settings_dict["CONN_MAX_AGE"] = settings.WEB_DATABASES["default"].get("CONN_MAX_AGE", 0)
    connection.close()
    # As `start_cache_warming`.
    for kept in (spelling.speller, suggestions.name_index, employer_names.cached_names):
        kept()
    gc.collect()
    gc.freeze()


def load() -> None:
    set_up()
    from jobsearch.admin_dashboard.jobs import full_sync

    full_sync.follow_to_head()


def build() -> None:
    set_up()
    from jobsearch.search import indexing
    from jobsearch.search.engines.registry import engine_health

    try:
        from jobsearch.vacancies import prepared_ads
    except ImportError:  # of an earlier version
        pass
    else:
        while prepared_ads.prepare_stored_ads():
            pass
    if not engine_health().ok:  # there is none yet, or it was made by another version
        indexing.rebuild()


def list_addresses() -> dict[str, list[str]]:
    """Addresses of each kind of page, spread over the database."""
    from urllib.parse import quote

    from django.db.models import Count

    from jobsearch.vacancies.models import Vacancy

    active = Vacancy.objects.active()
    ads = list(active.order_by("uuid").values_list("uuid", flat=True))
    employers = (
        active.exclude(employer_orgnr="")
        .values_list("employer_orgnr")
        .annotate(ads=Count("pk"))
        .order_by("-ads", "employer_orgnr")
    )
    return {
        "results": [f"/?q={quote(word)}&{filters}" for word, filters in product(WORDS, FILTERS)],
        "filters": [f"/?{filters}" for filters in FILTERS]
        + [f"/?place={place}&sector=Privat" for place in ("OSLO", "AGDER", "TROMS")],
        "home": ["/"],
        "ad": [f"/stilling/{uuid}/" for uuid in ads[:: max(1, len(ads) // 40)]],
        "suggestions": [f"/forslag/?q={quote(typed)}" for typed in TYPED],
        "facet": [f"/filter/employer/?within={quote(typed)}" for typed in WITHIN],
        "employer": [f"/arbeidsgiver/{orgnr}/" for orgnr, _ads in employers[:10]],
        "landing": [f"/jobb/{slug}/" for slug in ("bergen", "oslo", "sykepleier", "vestland", "trondheim")],
    }


def make_call() -> Callable[[str], tuple[int, bytes]]:
    """A function that sends a request through the whole WSGI application: middleware, view, queries and template."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory

    application, factory = WSGIHandler(), RequestFactory()

    def call(address: str) -> tuple[int, bytes]:
        status = [0]
        htmx = {"HTTP_HX_REQUEST": "true"} if address.startswith("/filter/") else {}
        environ = factory.get(address, **htmx).environ
        body = application(environ, lambda line, _headers, _info=None: status.__setitem__(0, int(line[:3])))
        try:
            content = b"".join(body)
        finally:
            body.close()  # ends the request, which returns its database connection
        return status[0], content

    return call


def answer(*options: str) -> None:
    """Reads an address a line; writes milliseconds, the processor's, status, bytes, queries and their milliseconds as JSON."""
    set_up()
    from django.db import connection

    start()
    call = make_call()
    print(json.dumps(list_addresses()), flush=True)
    for line in sys.stdin:
        seen: list[float] = []

        def remember(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            began = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                seen.append(time.perf_counter() - began)  # noqa: B023 - called within this round

        with connection.execute_wrapper(remember):
            began, began_cpu = time.perf_counter(), time.thread_time()
            status, content = call(line.strip())
            taken, cpu = time.perf_counter() - began, time.thread_time() - began_cpu
        print(json.dumps([taken * 1000, cpu * 1000, status, len(content), len(seen), sum(seen) * 1000]), flush=True)


def profile(kind: str) -> None:
    """Prints the functions in which the time of one kind of page is spent."""
    set_up()
    start()
    call, addresses = make_call(), list_addresses()[kind]
    for address in addresses:
        call(address)
    profiler = cProfile.Profile()
    profiler.enable()
    for address in addresses * (1 + 40 // len(addresses)):
        call(address)
    profiler.disable()
    requests = len(addresses) * (1 + 40 // len(addresses))
    print(f"{requests} requests")
    for order in ("tottime", "cumulative"):
        pstats.Stats(profiler).sort_stats(order).print_stats(55)


# --- The baseline: Django without middleware renders as many bytes of prepared values -----------------------------------------

BASELINE_PAGE = """<!doctype html><html lang="nb"><head><title>{{ title }}</title></head><body>
<form>{% for facet in facets %}<fieldset><legend>{{ facet.label }}</legend><ul class="options">{% for option in facet.options %}
  <li class="option">
    <input type="checkbox" form="sok" id="{{ option.id }}" name="{{ facet.name }}" value="{{ option.value }}"
      data-count="{{ option.count }}"{% if option.chosen %} checked{% endif %}>
    <label for="{{ option.id }}">{{ option.label }} <span class="count">({{ option.count }})</span></label>
  </li>{% endfor %}</ul></fieldset>{% endfor %}</form>
<ol class="cards">{% for row in rows %}
  <li><article class="card" data-ad="{{ row.uuid }}">
    <h3 class="card-title" lang="{{ row.lang }}"><a href="{{ row.url }}">{{ row.title }}</a></h3>
    <p class="card-employer">{{ row.employer }}</p>
    <p class="card-place">{{ row.places }}</p>
    {% if row.snippet %}<p class="card-snippet" lang="{{ row.lang }}">{{ row.snippet }}</p>{% endif %}
    <ul class="card-facts">{% if row.new %}<li class="badge">Ny</li>{% endif %}{% for fact in row.facts %}
      <li>{{ fact }}</li>{% endfor %}</ul>
  </article></li>{% endfor %}
</ol></body></html>
"""


def answer_baseline(*_options: str) -> None:
    """Answers every line with the baseline page: no middleware, no database, no search; Django's templates."""
    from django.conf import settings

    templates = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"page": BASELINE_PAGE})]},
        }
    ]
    settings.configure(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"], TEMPLATES=templates, SECRET_KEY="baseline")
    import django
    from django.http import HttpRequest, HttpResponse
    from django.shortcuts import render
    from django.urls import path

    django.setup()
    options = [
        {"id": f"place-{n}", "value": f"VESTLAND/STED-{n}", "label": f"Sted nummer {n}", "count": n, "chosen": not n % 9}
        for n in range(19)
    ]
    row = {
        "uuid": "5f943bd9-7d3f-4a39-8d2a-0a3c6e1f2b11",
        "url": "/stilling/5f943bd9-7d3f-4a39-8d2a-0a3c6e1f2b11/",
        "title": "Sykepleier på helsestasjon i Bergen kommune",
        "employer": "Bergen kommune, etat for barn og familie",
        "places": "Bergen, Oslo og 3 andre steder",
        "snippet": "Vi søker deg som er sykepleier og vil arbeide i et godt fagmiljø. " * 3,
        "lang": "nb",
        "new": True,
        "facts": ["Frist 10. desember", "Publisert i dag", "Fast", "Deltid"],
    }
    context = {
        "title": "Ledige stillinger",
        "facets": [{"name": f"facet{n}", "label": f"Filter {n}", "options": options} for n in range(9)],
        "rows": [row] * 25,
    }

    def view(request: HttpRequest) -> HttpResponse:
        return render(request, "page", context)

    urlpatterns[:] = [path("", view)]
    call = make_call()
    print(json.dumps({}), flush=True)
    for _line in sys.stdin:
        began, began_cpu = time.perf_counter(), time.thread_time()
        status, content = call("/")
        taken, cpu = time.perf_counter() - began, time.thread_time() - began_cpu
        print(json.dumps([taken * 1000, cpu * 1000, status, len(content), 0, 0.0]), flush=True)


urlpatterns: list[Any] = []

if __name__ == "__main__":
    {"load": load, "build": build, "answer": answer, "baseline": answer_baseline, "profile": profile}[sys.argv[1]](*sys.argv[2:])
