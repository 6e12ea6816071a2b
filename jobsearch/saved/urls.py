"""URLs of saved searches."""

from django.urls import path

from . import feed_views, list_views, sharing_views, views

app_name = "saved"
urlpatterns = [
    path("", list_views.list_searches, name="list"),
    path("lagre/", views.create, name="create"),
    path("invitasjon/<str:token>/", sharing_views.invitation, name="invitation"),
    path("<int:pk>/", views.open_search, name="open"),
    path("<int:pk>/oppdater/", views.update, name="update"),
    path("<int:pk>/endre/", views.edit, name="edit"),
    path("<int:pk>/slett/", views.delete, name="delete"),
    path("<int:pk>/strom/", feed_views.manage_feed, name="feed"),
    path("<int:pk>/sett/", list_views.mark_seen, name="mark_seen"),
    path("<int:pk>/fest/", list_views.pin, name="pin"),
    path("<int:pk>/flytt/", list_views.move, name="move"),
    path("<int:pk>/varsel/", list_views.change_alert, name="change_alert"),
    path("<int:pk>/del/", sharing_views.share, name="share"),
    path("<int:pk>/forlat/", sharing_views.leave, name="leave"),
]
