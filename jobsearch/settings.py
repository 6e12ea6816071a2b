"""Django settings, from environment variables or `.env`.

The README lists every variable. Each is validated here, at start, with an error that says what to write instead.
"""

from __future__ import annotations

import os
import ssl
from typing import Any

from django.conf.locale import LANG_INFO
from kombu import Exchange, Queue

from . import env, env_databases
from .account_settings import *  # noqa: F403 - settings of allauth
from .env import BASE_DIR
from .log_settings import build_logging

if os.environ.get("JOBSEARCH_READ_DOTENV", "1") == "1":
    env.read_dotenv(BASE_DIR / ".env")

# --- The site ---------------------------------------------------------------------------------------------------------

SITE_NAME = "Utlyst"
SITE_URL = env.http_url("SITE_URL", "http://localhost:8000")
DEBUG = env.flag("DEBUG", False)
DEMO = os.environ.get("JOBSEARCH_DEMO_PREPARED") == "1"  # set by `manage.py demo` for its own processes
SECRET_KEY = env.secret_key("SECRET_KEY")
# Key of the hashes of people who have asked not to be published; "" for SECRET_KEY. With another key they would come back.
SUPPRESSION_KEY = env.token("SUPPRESSION_KEY")
ALLOWED_HOSTS = env.host_names("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [env.origin("CSRF_TRUSTED_ORIGINS", value) for value in env.names("CSRF_TRUSTED_ORIGINS", [])]
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
HEALTH_TOKEN = env.token("HEALTH_TOKEN")  # unlocks the details of /readyz
METRICS_TOKEN = env.token("METRICS_TOKEN")  # opens /metrics, which is switched off without this and the next one
METRICS_NETWORKS = env.networks("METRICS_NETWORKS")  # addresses that /metrics answers without the token

INSTALLED_APPS = [
    "jobsearch.admin_dashboard.apps.DashboardAdminConfig",  # Django admin, with our index page
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_celery_beat",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "jobsearch.core",
    "jobsearch.vacancies",
    "ingest",
    "jobsearch.search",
    "jobsearch.saved",
    "jobsearch.statistics",
    "jobsearch.web",
    "jobsearch.accounts",
    "jobsearch.admin_dashboard",
    "jobsearch.demo",
]

MIDDLEWARE = [
    "jobsearch.web.middleware.TrustedProxyMiddleware",
    "jobsearch.web.middleware.RequestLimitsMiddleware",
    "jobsearch.web.middleware.HealthCheckMiddleware",  # before the host is checked
    "jobsearch.web.response_middleware.RequestCounterMiddleware",  # without health checks, with all that visitors wait for
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # a third of the bytes; pads each page against BREACH
    "jobsearch.web.response_middleware.ETagMiddleware",  # sees what is not yet compressed
    "jobsearch.core.staticfiles.VersionedStaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "jobsearch.web.response_middleware.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "jobsearch.web.middleware.BodyLimitMiddleware",  # before CSRF's check, which reads the form
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jobsearch.web.response_middleware.ServerTimingMiddleware",  # asks who the user is
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "jobsearch.accounts.middleware.SessionRecordMiddleware",
    "jobsearch.web.login_throttle.KnownBrowserMiddleware",
    "axes.middleware.AxesMiddleware",  # last: replaces the form by the page for a refused login
]

ROOT_URLCONF = "jobsearch.urls"
WSGI_APPLICATION = "jobsearch.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "jobsearch.web.templates.TimedDjangoTemplates",  # Django's own, with timings
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "jobsearch.web.template_folding.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jobsearch.web.context_processors.site",
            ],
        },
    },
]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",  # password with a user name or an e-mail address
]
# jobsearch/web/login_throttle.py decides what is counted and when a login is locked; these settings make axes use it.
AXES_HANDLER = "jobsearch.web.login_throttle.LoginThrottle"
AXES_LOCKOUT_CALLABLE = "jobsearch.web.login_throttle.respond_locked_out"
AXES_USERNAME_CALLABLE = "jobsearch.web.login_throttle.normalise_username"
AXES_CLIENT_IP_CALLABLE = "jobsearch.core.client_address.get_client_address"
AXES_LOCKOUT_PARAMETERS = ["ip_address", "username", ["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # otherwise an attacker's tries would lock the owner out without end
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False  # jobsearch/admin_dashboard has its own list
AXES_VERBOSE = False

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "saved:list"
LOGOUT_REDIRECT_URL = "web:results"

SIGNUP_OPEN = env.choice("SIGNUP", "open", ["open", "closed"]) == "open"

# --- Security ---------------------------------------------------------------------------------------------------------

_HTTPS = SITE_URL.startswith("https://")
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _HTTPS  # browsers allow passkeys on http://localhost, and nowhere else without https
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 86_400  # seconds
STAFF_SESSION_SECONDS = 12 * 3600  # an administrator logs in once a working day
LANGUAGE_COOKIE_AGE = 365 * 86_400  # seconds
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"  # a search must not be sent to an employer's site with a click
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024  # bytes of a form; the same in jobsearch/core/gunicorn_worker.py and the proxies' files
FILE_UPLOAD_HANDLERS: list[str] = []  # no form takes files: an uploaded file is discarded while it is read
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
SILENCED_SYSTEM_CHECKS = [
    # No redirect to https here: the proxy that terminates TLS does it, as in docs/deployment. Where TRUSTED_PROXIES does not
    # name that proxy, every request looks like http to Django, and a redirect would lead to itself.
    "security.W008",
    # Neither "includeSubDomains" nor "preload" in HSTS: they affect hosts that are not this site's, and leaving a browser's
    # preload list takes months. The domain's owner decides that, in the proxy.
    "security.W005",
    "security.W021",
]

# --- Language and time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "nb"  # also the language of the texts in the code
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]
# Browsers also send plain "no", which Django does not have: without this, "no, en" would be answered in English.
LANG_INFO.update({code: {"fallback": ["nb"]} for code in ("no", "no-no")})
FORMAT_MODULE_PATH = ["jobsearch.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Oslo"  # of deadlines and of "published today"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# --- Storage ----------------------------------------------------------------------------------------------------------

DATABASES = {"default": env_databases.database("DATABASE_URL", "sqlite:///var/db.sqlite3")}
# wsgi.py uses these in place of DATABASES.
WEB_DATABASES = {"default": env_databases.database("DATABASE_URL", "sqlite:///var/db.sqlite3", web=True)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES: dict[str, dict[str, Any]] = {
    "default": env.cache("CACHE_URL", "locmem://"),
    # Counts of attempts: shared by all processes, whatever CACHE_URL is, and kept through a restart.
    "limits": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_limitcount",
        "KEY_FUNCTION": "jobsearch.accounts.limits.hash_key",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
}
SEARCH_URL = env.search_url("SEARCH_URL", "embedded://var/index")
INDEX_PROCESSES = env.number("INDEX_PROCESSES", 0, least=0, most=64)  # that analyse ads at a time; 0: one for each core

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Files are served from their source folders: no collectstatic step is needed between a clone and a running site.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0 if DEBUG else 86_400  # seconds; a URL changes with its file's content
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "jobsearch.core.staticfiles.VersionedStaticFilesStorage"},
}

# --- The feed ---------------------------------------------------------------------------------------------------------

NAV_FEED_URL = env.http_url("NAV_FEED_URL", "https://pam-stilling-feed.nav.no")
NAV_FEED_TOKEN = env.feed_token("NAV_FEED_TOKEN")  # empty: the public token is fetched, and renewed when it is refused
FEED_BACKFILL_DAYS = env.number("FEED_BACKFILL_DAYS", 180, least=1, most=3650)
FEED_POLL_SECONDS = env.number("FEED_POLL_SECONDS", 120, least=1, most=86_400)
RETENTION_DAYS = env.number("RETENTION_DAYS", 30, least=0, most=3650)

# --- Background tasks ------------------------------------------------------------------------------------------------

# Times that depend on each other, in seconds. No task runs longer than LONGEST_TASK; a message that is not acknowledged
# within the visibility time-out is delivered to another worker, so that must be longer, or long tasks would be started twice.
# The feed's first load is the longest task; when it is cut off, the next interval's task continues from its cursor.
CELERY_TASK_SOFT_TIME_LIMIT = 50 * 60  # raises in the task, which still has time to release its lease
CELERY_TASK_TIME_LIMIT = LONGEST_TASK = 60 * 60
_VISIBILITY_TIMEOUT = LONGEST_TASK + 30 * 60

CELERY_BROKER_URL = env.broker_url("CELERY_BROKER_URL", "filesystem://var/broker")
if CELERY_BROKER_URL.startswith("filesystem:"):
    _folder = env.path_after_scheme("CELERY_BROKER_URL", CELERY_BROKER_URL)
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT = "jobsearch.core.celery_filesystem:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_folder),
        "data_folder_out": str(_folder),
        "control_folder": str(_folder / "control"),
        "store_processed": False,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": _VISIBILITY_TIMEOUT,
        "socket_connect_timeout": 5,  # a user may be waiting for the page that sends the message
        "socket_timeout": 30,  # longer than the one second for which a worker's read blocks
        "socket_keepalive": True,
        "max_retries": 1,  # of one message; beat's next message is the retry that counts
    }
    CELERY_BROKER_TRANSPORT = "jobsearch.core.celery_redis:Transport"
    if CELERY_BROKER_URL.startswith("rediss:"):
        CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED}  # Celery's default is to accept any certificate
# Named queues, so that each kind of task can have its own workers (`celery worker --queues feed`); a worker without that
# option serves all queues. A task that must run within minutes never waits behind one that takes an hour.
#   feed         follows the feed: long tasks, one at a time by its lease
#   details      chooses which details are fetched again, and counts the market: short
#   index        indexes changes, every few seconds
#   maintenance  closes ads by the clock, removes closed ads from the index, deletes old rows: within minutes, whatever else runs
#   alerts       alerts of saved searches
# Exchange and routing key are explicit: by default all queues share one exchange, and each message would be in all of them.
CELERY_TASK_QUEUES = [
    Queue(_name, Exchange(_name), routing_key=_name) for _name in ("feed", "details", "index", "maintenance", "alerts")
]
CELERY_TASK_ROUTES = {
    "ingest.tasks.follow_feed": {"queue": "feed"},
    "ingest.tasks.replay_overlap": {"queue": "feed"},
    "jobsearch.admin_dashboard.tasks.check_consistency*": {"queue": "feed"},
    "jobsearch.admin_dashboard.tasks.repair*": {"queue": "feed"},
    "jobsearch.admin_dashboard.tasks.delete_old_rows": {"queue": "maintenance"},
    "jobsearch.admin_dashboard.tasks.watch": {"queue": "maintenance"},
    "jobsearch.admin_dashboard.tasks.purge": {"queue": "maintenance"},
    "jobsearch.admin_dashboard.tasks.erase_person": {"queue": "maintenance"},
    "jobsearch.admin_dashboard.tasks.send_test_mail": {"queue": "alerts"},
    "ingest.tasks.*": {"queue": "details"},
    "jobsearch.search.tasks.remove_ended": {"queue": "maintenance"},
    "jobsearch.search.tasks.*": {"queue": "index"},
    "jobsearch.admin_dashboard.tasks.*": {"queue": "index"},
    "jobsearch.vacancies.tasks.*": {"queue": "maintenance"},
    "jobsearch.statistics.tasks.*": {"queue": "details"},
    "jobsearch.web.tasks.send_alerts": {"queue": "alerts"},
    "jobsearch.web.tasks.*": {"queue": "maintenance"},
}
CELERY_TASK_DEFAULT_QUEUE = "maintenance"
CELERY_TASK_CREATE_MISSING_QUEUES = False  # a queue that no worker serves is a mistake: refuse it at once
# A task is acknowledged when it is done, so the message of a dead worker stays visible in the queue. Nothing depends on it:
# each task reads from the database what there is to do, and the next message does it.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # a task that kills its process must not be delivered to the next process
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # a worker in a long task must not reserve messages that others could take
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # a restart of the broker must not end a first load
CELERY_TASK_IGNORE_RESULT = True  # results are rows of `core.Job`
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_TIMEOUT = 5
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # worker and beat wait for a lost broker without limit
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Default intervals: beat writes them to the database once, where an administrator can change them.
CELERY_BEAT_SCHEDULER = "jobsearch.core.beat:Scheduler"
# A message is a wake-up without data: one that was not read before the next is due has no use, so it expires.
CELERY_BEAT_SCHEDULE = {
    "follow-the-feed": {
        "task": "ingest.tasks.follow_feed",
        "schedule": FEED_POLL_SECONDS,
        "options": {"expires": FEED_POLL_SECONDS},
    },
    "index-what-changed": {
        "task": "jobsearch.search.tasks.index_changes",
        "schedule": 1,  # a run without changes takes 5 ms
        "options": {"expires": 5},  # the broker on the file system is read once a second
    },
    "take-ended-ads-out-of-the-index": {
        "task": "jobsearch.search.tasks.remove_ended",
        "schedule": 10,
        "options": {"expires": 10},
    },
    "close-what-expired": {
        "task": "jobsearch.vacancies.tasks.close_expired",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "prepare-ads-for-lists": {
        "task": "jobsearch.vacancies.tasks.prepare_stored_ads",
        "schedule": 20,
        "options": {"expires": 20},
    },
    "forget-what-is-past-retention": {
        "task": "jobsearch.vacancies.tasks.forget_old",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "forget-login-attempts": {
        "task": "jobsearch.web.tasks.forget_login_attempts",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "delete-rows-past-their-time": {
        "task": "jobsearch.admin_dashboard.tasks.delete_old_rows",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "watch-the-site": {
        "task": "jobsearch.admin_dashboard.tasks.watch",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "count-the-market": {
        "task": "jobsearch.statistics.tasks.count_market",
        "schedule": 900,
        "options": {"expires": 900},
    },
    "send-alerts": {
        "task": "jobsearch.web.tasks.send_alerts",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "replay-the-overlap": {
        "task": "ingest.tasks.replay_overlap",
        "schedule": 6 * 3600,
        "options": {"expires": 6 * 3600},
    },
    "check-active-ads-again": {
        "task": "ingest.tasks.recheck_active",
        "schedule": 900,
        "options": {"expires": 900},
    },
}

# --- Mail and logs ----------------------------------------------------------------------------------------------------

vars().update(env.email("EMAIL_URL", "filemail://var/mail"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ", ".join(env.mail_addresses("DEFAULT_FROM_EMAIL", ["jobsearch@localhost"])[:1])
EMAIL_SUBJECT_PREFIX = f"{SITE_NAME}: "  # of mails to ADMINS
ALERT_WEBHOOK_URL = env.webhook_url("ALERT_WEBHOOK_URL")  # gets each alarm as JSON
BACKUP_PATH = env.optional_path("BACKUP_PATH")  # file or folder of the backups, whose age the admin shows
# Where people ask to be removed; shown on /personvern/. "" for the first of ADMINS.
PRIVACY_CONTACT = next(iter(env.mail_addresses("PRIVACY_CONTACT", [])), "")
ADMINS = [(address.partition("@")[0], address) for address in env.mail_addresses("ADMINS", [])]

LOG_FORMAT = env.choice("LOG_FORMAT", "line", ["line", "json"])
LOGGING = build_logging(LOG_FORMAT)
