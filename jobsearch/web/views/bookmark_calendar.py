"""Calendar of the deadlines of a user's bookmarks, at a secret address that calendar programs subscribe to."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jobsearch.core.private_pages import private_page
from jobsearch.saved.bookmark_states import State
from jobsearch.saved.mail.links import Purpose, read_token
from jobsearch.saved.models import Bookmark, BookmarkSettings
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import get_oslo_date
from jobsearch.web.presenters import calendar

PAST_DAYS = 30  # deadlines that have passed for longer are left out


@private_page
@require_safe
def bookmark_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The deadlines, in the owner's language. An ad that has ended is cancelled, until its retention ends."""
    key = read_token(Purpose.CALENDAR, token)
    own = BookmarkSettings.objects.filter(calendar_key=key, owner__is_active=True).first() if key else None
    if own is None:
        raise Http404
    bookmarked = Bookmark.objects.filter(owner_id=own.owner_id).exclude(state=State.REJECTED)
    earliest = get_oslo_date(timezone.now()) - dt.timedelta(days=PAST_DAYS)
    rows = (
        Vacancy.objects.with_hidden()
        .filter(pk__in=list(bookmarked.values_list("vacancy_uuid", flat=True)), application_due__gte=earliest)
        .defer("raw", "description", "employer_description")
        .prefetch_related("contacts", "locations")
        .order_by("application_due", "uuid")
    )
    with translation.override(own.language):
        deadlines = [calendar.build_deadline(row, list(row.contacts.all())) for row in rows]
        name = _("Frister fra %(site)s") % {"site": settings.SITE_NAME}
    response = HttpResponse(calendar.build_calendar(deadlines, name), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="frister.ics"'
    return response
