"""WSGI application of the site, for gunicorn."""

import logging
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jobsearch.settings")
settings.DATABASES = settings.WEB_DATABASES  # before the first use of a database

application = get_wsgi_application()

# Imports every view before the first request, which would wait 0.3 s for it.
get_resolver().url_patterns  # noqa: B018

# These need the settings and apps that the line above has loaded.
from jobsearch.search.cache_warming import start_cache_warming  # noqa: E402
from jobsearch.search.usage import flush_usage  # noqa: E402

from .admin_dashboard.monitoring.site_check import start_monitoring  # noqa: E402
from .core import logging as private_logs  # noqa: E402
from .core.counters import start_flushing  # noqa: E402
from .core.free_memory import start_returning  # noqa: E402

logging.getLogger("gunicorn.error").addFilter(private_logs.RequestLineFilter())
start_cache_warming()
start_flushing(flush_usage)
start_monitoring()
start_returning()
