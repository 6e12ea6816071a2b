"""URLs of the demo."""

from django.urls import path

from . import views

app_name = "demo"
urlpatterns = [
    path("mail/", views.list_mails, name="mail"),
    path("mail/<str:key>/", views.show_html, name="mail_html"),
]
