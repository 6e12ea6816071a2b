"""URLs of the account page, under /konto/."""

from django.urls import path

from .views import account, email_change

app_name = "accounts"
urlpatterns = [
    path("", account.show_account, name="overview"),
    path("sprak/", account.choose_language, name="language"),
    path("e-post/", email_change.change_email, name="change_email"),
    path("e-post/kode/", email_change.confirm_email, name="confirm_email"),
    path("enheter/logg-ut/", account.end_other_sessions, name="end_sessions"),
    path("passord/fjern/", account.remove_password, name="remove_password"),
    path("data.json", account.export, name="export"),
    path("slett/", account.delete, name="delete"),
]
