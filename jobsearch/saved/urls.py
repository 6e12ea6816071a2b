"""URLs of saved searches."""

from django.urls import path

from . import feed_views, views

app_name = "saved"
urlpatterns = [
    path("", views.list_searches, name="list"),
    path("lagre/", views.create, name="create"),
    path("<int:pk>/", views.open_search, name="open"),
    path("<int:pk>/sett/", views.mark_seen, name="mark_seen"),
    path("<int:pk>/navn/", views.rename, name="rename"),
    path("<int:pk>/slett/", views.delete, name="delete"),
    path("<int:pk>/strom/", feed_views.manage_feed, name="feed"),
]
