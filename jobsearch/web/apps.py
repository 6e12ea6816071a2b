from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "jobsearch.web"
    label = "web"
    verbose_name = "Nettsidene"
