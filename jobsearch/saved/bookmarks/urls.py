"""URLs of bookmarks, hidden ads and recent searches of users."""

from django.urls import path

from . import hidden_views
from . import settings_views as bookmark_settings_views
from . import views as bookmark_views

app_name = "bookmarks"
urlpatterns = [
    path("endre/", bookmark_views.change_bookmark, name="change"),
    path("oppdater/", bookmark_views.update_bookmark, name="update"),
    path("flytt/", bookmark_views.merge, name="merge"),
    path("sok/", bookmark_views.searches, name="searches"),
    path("skjul/", hidden_views.hide, name="hide"),
    path("vis/", hidden_views.show, name="show"),
    path("skjulte/", hidden_views.list_hidden, name="hidden"),
    path("innstillinger/", bookmark_settings_views.change_settings, name="settings"),
    path("paminnelser/<str:token>/", bookmark_settings_views.stop_reminders, name="stop_reminders"),
]
