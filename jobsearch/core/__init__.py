"""Infrastructure without domain knowledge: leases, logging, Celery and gunicorn parts, text cleaning."""
