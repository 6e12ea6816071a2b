"""Page with exactly the ads of an alert mail, opened by the mail's link."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from jobsearch.core.pagination import parse_page_number
from jobsearch.core.private_pages import private_page
from jobsearch.saved.alerts.pauses import record_opened_link
from jobsearch.saved.descriptions import list_criteria
from jobsearch.saved.mail.links import Purpose, find_by_token
from jobsearch.saved.models import AlertMail
from jobsearch.vacancies.models import Vacancy
from jobsearch.web.presenters import ad_rows
from jobsearch.web.presenters.pagination import build_page_links, build_page_title, build_page_url

PAGE_SIZE = 25


@private_page
@require_safe
def alert_ads(request: HttpRequest, token: str) -> HttpResponse:
    """The ads of a mail that are still active, in the mail's order, and the number of those that are not."""
    mail = find_by_token(AlertMail.objects.select_related("subscription"), Purpose.ADS, token)
    if mail is None:
        return render(request, "saved/dead_link.html", status=404)
    record_opened_link(request, mail.subscription.subscriber_id)
    uuids = list(mail.matches.order_by("-first_seen", "pk").values_list("vacancy_uuid", flat=True))
    active = [row.uuid for row in Vacancy.objects.only("uuid", "status", "visible_until").list_active(uuids)]
    here = reverse("web:alert_ads", args=[token])
    paginator = Paginator(active, PAGE_SIZE)
    number = parse_page_number(request.GET.get("page", "")) or 1
    if number > paginator.num_pages:
        return redirect(build_page_url(here, paginator.num_pages))
    page = paginator.page(number)
    vacancies = ad_rows.list_active_ads(page.object_list)
    heading = ngettext("%(n)s ny stilling", "%(n)s nye stillinger", len(active)) % {"n": len(active)}
    ended = len(uuids) - len(active)
    context = {
        "heading": heading,
        "page_title": build_page_title(heading, number),
        "criteria": list_criteria(mail.subscription.query),
        "vacancies": vacancies,
        "total": len(active),
        "pages": build_page_links(page, lambda other: build_page_url(here, other)),
        "ended": _describe_ended(ended) if ended else "",
        "search": reverse("web:results") + (f"?{mail.subscription.params}" if mail.subscription.params else ""),
    }
    return render(request, "web/alert_ads.html", context)


def _describe_ended(ended: int) -> str:
    if ended == 1:
        return _("Én av annonsene i e-posten er ikke lenger aktiv.")
    return _("%(n)s av annonsene i e-posten er ikke lenger aktive.") % {"n": ended}
