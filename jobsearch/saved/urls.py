"""URLs of saved searches."""

from django.urls import path

from . import views

app_name = "saved"
urlpatterns = [
    path("", views.list_searches, name="list"),
    path("lagre/", views.create, name="create"),
    path("<int:pk>/", views.open_search, name="open"),
    path("<int:pk>/sett/", views.mark_seen, name="mark_seen"),
    path("<int:pk>/navn/", views.rename, name="rename"),
    path("<int:pk>/slett/", views.delete, name="delete"),
]
