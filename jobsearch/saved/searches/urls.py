"""URLs of saved searches."""

from django.urls import path

from jobsearch.core import converters  # noqa: F401 - registers `key`

from . import feed_views, list_views, sharing_views, views

app_name = "saved"
urlpatterns = [
    path("", list_views.list_searches, name="list"),
    path("nye.json", list_views.show_news, name="news"),
    path("lagre/", views.create, name="create"),
    path("invitasjon/<str:token>/", sharing_views.invitation, name="invitation"),
    path("<key:pk>/", views.open_search, name="open"),
    path("<key:pk>/oppdater/", views.update, name="update"),
    path("<key:pk>/endre/", views.edit, name="edit"),
    path("<key:pk>/slett/", views.delete, name="delete"),
    path("<key:pk>/strom/", feed_views.manage_feed, name="feed"),
    path("<key:pk>/sett/", list_views.mark_seen, name="mark_seen"),
    path("<key:pk>/fest/", list_views.pin, name="pin"),
    path("<key:pk>/flytt/", list_views.move, name="move"),
    path("<key:pk>/varsel/", list_views.change_alert, name="change_alert"),
    path("<key:pk>/del/", sharing_views.share, name="share"),
    path("<key:pk>/forlat/", sharing_views.leave, name="leave"),
]
