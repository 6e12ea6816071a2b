"""The site as a WSGI application, for gunicorn."""

import logging
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jobsearch.settings")
os.environ["JOBSEARCH_PROCESS"] = "web"  # read by the settings: only these processes pool their database connections

application = get_wsgi_application()

# These need the settings and apps that the line above has loaded.
from jobsearch.search.api import keep_warm  # noqa: E402

from .core import logging as private_logs  # noqa: E402

logging.getLogger("gunicorn.error").addFilter(private_logs.Unreadable())
keep_warm()
