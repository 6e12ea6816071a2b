from django.urls import path

from .views import ads, employers, export, facet_values, health, landing, search, sitemaps, suggestions

app_name = "web"
urlpatterns = [
    path("", search.results, name="results"),
    path("filter/<slug:name>/", facet_values.facet, name="facet"),
    path("stilling/<uuid:uuid>/", ads.ad, name="ad"),
    path("stilling/<str:typed>/", ads.spelled_otherwise, name="ad_spelled_otherwise"),
    path("arbeidsgiver/<str:orgnr>/", employers.employer, name="employer"),
    path("jobb/", landing.landings, name="landings"),
    path("jobb/<str:slug>/", landing.landing, name="landing"),
    path("treff.csv", export.hits, name="download"),
    path("forslag/", suggestions.suggestions, name="suggestions"),
    path("om/", search.about, name="about"),
    path("robots.txt", search.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<str:part>.xml", sitemaps.part, name="sitemap_part"),
    path("favicon.ico", search.favicon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
