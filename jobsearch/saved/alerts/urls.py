"""URLs of subscriptions by mail."""

from django.urls import path

from . import views as alert_views

app_name = "alerts"
urlpatterns = [
    path("ny/", alert_views.subscribe, name="subscribe"),
    path("sendt/", alert_views.sent, name="sent"),
    path("bekreft/<str:token>/", alert_views.confirm, name="confirm"),
    path("stopp/<str:token>/", alert_views.stop, name="stop"),
    path("mine/<str:token>/", alert_views.manage, name="manage"),
]
