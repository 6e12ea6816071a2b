"""Pages of the admin that start, show and stop jobs."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from ingest.error_messages import describe_error
from jobsearch.admin_dashboard import report_texts
from jobsearch.core import converters, jobs  # noqa: F401 - `converters` registers `key`
from jobsearch.core.models import Job

from .kinds import can_start, list_actions, start_from

_TINTS: dict[str, tuple[str, str]] = {Job.State.DONE: ("ok", "●"), Job.State.FAILED: ("broken", "■")}
"""Colour and symbol of a state; of the others unknown."""


def get_urls(site: admin.AdminSite) -> list[URLPattern]:
    """The URLs of the jobs' pages, below the admin's."""
    return [
        path("start/<slug:key>/", site.admin_view(partial(start_view, site)), name="start_job"),
        path("kjoring/<key:pk>/fjern/", site.admin_view(require_POST(cancel_view)), name="cancel_job"),
        path("kjoring/<key:pk>/stopp/", site.admin_view(require_POST(stop_view)), name="stop_job"),
        path("kjoring/<key:pk>/framdrift/", site.admin_view(require_safe(progress_view)), name="job_progress"),
        path("jobber/", site.admin_view(require_safe(partial(actions_view, site))), name="job_actions"),
    ]


def actions_view(site: admin.AdminSite, request: HttpRequest) -> HttpResponse:
    """Every job that this user may start, with what it does."""
    actions = list_actions(request.user)
    if not actions:
        raise PermissionDenied
    titles = dict.fromkeys(str(action.group) for action in actions)
    groups = [{"title": title, "actions": [action for action in actions if str(action.group) == title]} for title in titles]
    context = {**site.each_context(request), "groups": groups, "title": gettext("Jobber")}
    return TemplateResponse(request, "admin/job_actions.html", context)


def start_view(site: admin.AdminSite, request: HttpRequest, key: str) -> HttpResponse:
    """POST starts a job. A GET, and a POST without a required confirmation or argument, shows the confirmation page."""
    action = jobs.ACTIONS.get(key)
    if action is None:
        raise Http404
    if not can_start(request.user, action):
        raise PermissionDenied
    confirmed = request.method == "POST" and ("confirmed" in request.POST or not action.confirm)
    form = action.form(request.POST if confirmed else None) if action.form else None
    if not confirmed or (form and not form.is_valid()):
        context = {**site.each_context(request), "action": action, "form": form, "title": action.label}
        return TemplateResponse(request, "admin/confirm_job.html", context)
    job = start_from(request, key, form.cleaned_data if form else None)
    if job and request.user.has_perm("ingest.view_run"):
        return HttpResponseRedirect(reverse("admin:ingest_run_change", args=[job.pk]))
    return HttpResponseRedirect(reverse("admin:index"))


def cancel_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancels a job that no worker has claimed, or whose process is gone. A late message does no harm."""
    if not request.user.has_perm("ingest.add_run"):
        raise PermissionDenied
    cancelled = jobs.cancel(pk, request.user.get_username())
    message = gettext("Kjøringen er ferdig, eller i full gang.")
    if cancelled:
        message = gettext("«%(work)s» er fjernet.") % {"work": jobs.get_label(cancelled)}
    messages.info(request, message)
    return HttpResponseRedirect(reverse("admin:index"))


def stop_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks a running job to stop after its current step."""
    if not request.user.has_perm("ingest.add_run"):
        raise PermissionDenied
    asked = jobs.request_stop(pk, request.user.get_username())
    if asked:
        message = gettext("«%(work)s» stopper når den har gjort ferdig det den holder på med.")
        messages.success(request, message % {"work": jobs.get_label(asked)})
    else:
        messages.info(request, gettext("Kjøringen er ferdig, eller kan ikke stoppes."))
    return HttpResponseRedirect(reverse("admin:ingest_run_change", args=[pk]))


def progress_view(request: HttpRequest, pk: int) -> HttpResponse:
    """A job's state, progress and result alone, which its page's script fetches every second until the job has ended."""
    if not request.user.has_perm("ingest.view_run"):
        raise PermissionDenied
    context = describe_job(get_object_or_404(Job, pk=pk), request)
    return TemplateResponse(request, "admin/job_progress.html", context)


def describe_job(job: Job, request: HttpRequest) -> dict[str, Any]:
    """What the page of a job shows of it."""
    interrupted = job.state == Job.State.RUNNING and jobs.is_interrupted(job)
    tint, symbol = ("broken", "■") if interrupted else _TINTS.get(job.state, ("unknown", "○"))
    may_change = request.user.has_perm("ingest.add_run")
    return {
        "job": job,
        "label": jobs.get_label(job),
        "tint": tint,
        "symbol": symbol,
        "progress": report_texts.describe_progress(job) if job.state == Job.State.RUNNING else None,
        "error": describe_error(job.error_code, job.error_detail),
        "rows": report_texts.list_arguments(job) + report_texts.list_result(job),
        "interrupted": interrupted,
        "ended": job.finished is not None or interrupted,
        "can_stop": may_change and jobs.can_stop(job) and not interrupted,
        "can_cancel": may_change and (job.state == Job.State.QUEUED or interrupted),
    }
