from django.apps import AppConfig


class VacanciesConfig(AppConfig):
    name = "jobsearch.vacancies"
    verbose_name = "Stillinger"
