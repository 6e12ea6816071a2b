# Base images are pinned by digest: docs/operations.md says how to renew them.
# One image for all of the site's own processes; the command in docker-compose.yml makes it migrate, web, worker or beat.
# The Python version is the one of the tests.

FROM python:3.11-slim-bookworm@sha256:528257d48c1da0dcecc2e725d1ae34498d60c965f1241e39cd6a85a8859bdf84 AS build

# Only wheels, each by its hash, so no compiler is needed.
COPY requirements.lock /build/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-compile --only-binary :all: \
        --require-hashes -r /build/requirements.lock \
    && /opt/venv/bin/pip uninstall --yes --quiet pip setuptools

COPY manage.py /srv/utlyst/
COPY gunicorn.conf.py /srv/utlyst/
COPY jobsearch /srv/utlyst/jobsearch
COPY ingest /srv/utlyst/ingest
COPY templates /srv/utlyst/templates
COPY static /srv/utlyst/static
COPY locale /srv/utlyst/locale
# Bytecode is compiled here, because the running container cannot write it. It is not checked against the time of its source,
# which copying may change; the image's source never changes.
RUN /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/venv/lib /srv/utlyst


FROM python:3.11-slim-bookworm@sha256:528257d48c1da0dcecc2e725d1ae34498d60c965f1241e39cd6a85a8859bdf84

# A fixed user number, so that a volume's owner is the same in each build. No shell, no home, no password.
RUN groupadd --system --gid 10001 utlyst \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin utlyst

# Both belong to root: an attacker in a process cannot change its program.
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/utlyst /srv/utlyst

# No collectstatic: WhiteNoise serves the files from their source folders, so the build needs neither settings nor a secret.
# No .env is read: in a container the environment is the only source of settings.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=jobsearch.settings \
    JOBSEARCH_READ_DOTENV=0

WORKDIR /srv/utlyst
USER 10001:10001
EXPOSE 8000
# On this signal gunicorn finishes its requests and Celery its tasks.
STOPSIGNAL SIGTERM

# No HEALTHCHECK: each process has another one, in docker-compose.yml.
# /dev/shm: the heartbeat file must not wait for a disk.
CMD ["gunicorn", "jobsearch.wsgi:application", "--config", "gunicorn.conf.py", "--bind", "0.0.0.0:8000", "--workers", "2", \
     "--threads", "4", "--worker-tmp-dir", "/dev/shm"]
