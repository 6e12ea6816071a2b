"""Django project of the job search: settings, URLs, and the apps that make up the site."""
