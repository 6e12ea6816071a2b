"""URLs of the public pages."""

from django.urls import path

from .views import (
    ads,
    alert_ads,
    bookmark_calendar,
    employers,
    export,
    facet_values,
    feeds,
    health,
    landing,
    market,
    market_files,
    municipalities,
    privacy,
    search,
    sitemaps,
    suggestions,
)

app_name = "web"
urlpatterns = [
    path("", search.results, name="results"),
    path("filter/<slug:name>/", facet_values.facet, name="facet"),
    path("stilling/<uuid:uuid>/", ads.ad, name="ad"),
    path("stilling/<uuid:uuid>/frist.ics", ads.deadline, name="deadline"),
    path("stilling/<str:typed>/", ads.redirect_to_canonical_uuid, name="ad_other_spelling"),
    path("arbeidsgiver/<str:orgnr>/", employers.employer, name="employer"),
    path("jobb/", landing.landings, name="landings"),
    path("jobb/<str:slug>/", landing.landing, name="landing"),
    path("marked/", market.show_market, name="market"),
    path("marked/<slug:key>.csv", market_files.export_market, name="market_file"),
    path("treff.csv", export.export_csv, name="download"),
    path("treff.xlsx", export.export_xlsx, name="download_xlsx"),
    path("treff.atom", feeds.show_atom, name="atom"),
    path("treff.json", feeds.show_json, name="json_feed"),
    path("lagrede-sok/strom/<str:token>.atom", feeds.show_saved_atom, name="saved_atom"),
    path("lagrede-sok/strom/<str:token>.json", feeds.show_saved_json, name="saved_json"),
    path("forslag/", suggestions.suggestions, name="suggestions"),
    path("varsler/treff/<str:token>/", alert_ads.alert_ads, name="alert_ads"),
    path("lagret/kalender/<uuid:key>.ics", bookmark_calendar.bookmark_calendar, name="bookmark_calendar"),
    path("kommuner.json", municipalities.municipalities, name="municipalities"),
    path("om/", search.about, name="about"),
    path("personvern/", privacy.privacy, name="privacy"),
    path("robots.txt", search.robots, name="robots"),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap"),
    path("sitemap-<str:part>.xml", sitemaps.sitemap, name="sitemap_part"),
    path("favicon.ico", search.favicon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
