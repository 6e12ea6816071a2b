from django.urls import path

from . import ads, download, employers, filters, health, landing, sitemaps, suggestions, views

app_name = "web"
urlpatterns = [
    path("", views.results, name="results"),
    path("filter/<slug:name>/", filters.facet, name="facet"),
    path("stilling/<uuid:uuid>/", ads.ad, name="ad"),
    path("stilling/<str:typed>/", ads.spelled_otherwise, name="ad_spelled_otherwise"),
    path("arbeidsgiver/<str:orgnr>/", employers.employer, name="employer"),
    path("jobb/", landing.landings, name="landings"),
    path("jobb/<str:slug>/", landing.landing, name="landing"),
    path("treff.csv", download.hits, name="download"),
    path("forslag/", suggestions.suggestions, name="suggestions"),
    path("om/", views.about, name="about"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<str:part>.xml", sitemaps.part, name="sitemap_part"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
