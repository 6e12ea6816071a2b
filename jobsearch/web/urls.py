from django.urls import path

from . import download, filters, health, views

app_name = "web"
urlpatterns = [
    path("", views.results, name="results"),
    path("filter/<slug:name>/", filters.facet, name="facet"),
    path("stilling/<uuid:uuid>/", views.ad, name="ad"),
    path("treff.csv", download.hits, name="download"),
    path("om/", views.about, name="about"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
