"""Views of subscriptions by mail: request, confirm, manage and stop, all without login.

Mail scanners open every link, so no GET changes a subscription: it only counts as activity. Pages with an address or
a token are kept in no cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from jobsearch.core.client_address import get_client_address
from jobsearch.core.private_pages import private_page
from jobsearch.saved.descriptions import list_criteria, summarise_query
from jobsearch.saved.forms import FrequencyForm, SubscribeForm, add_mail_error
from jobsearch.saved.frequencies import Frequency
from jobsearch.saved.mail import mails
from jobsearch.saved.mail.links import Purpose, build_path, find_by_token, read_token
from jobsearch.saved.models import Subscriber, Subscription, SubscriptionRequest
from jobsearch.saved.return_path import build_results_url
from jobsearch.search import api as search

from . import pauses, subscriptions


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """The form for a subscription to the search in the parameter `query`, and its POST, which sends the confirmation mail."""
    data = request.POST if request.method == "POST" else request.GET
    parsed, problems = search.SearchQuery.from_address(data.get("query", ""))
    if any(problem.blocks for problem in problems):
        return redirect("web:results")
    query = subscriptions.make_subscribable(parsed)
    params = query.urlencode(page=False)
    form = SubscribeForm(request.POST) if request.method == "POST" else SubscribeForm()
    status = 200
    if request.method == "POST":
        status = _request_subscription(request, form, query) if form.is_valid() else 422
        if not form.errors:
            return redirect(f"{reverse('alerts:sent')}?{urlencode({'query': params})}")
    context = {
        "form": form,
        "params": params,
        "criteria": list_criteria(query),
        "problems": problems,
        "estimate": _describe_estimate(query),
        "back": build_results_url(params),
        "save": f"{reverse('saved:create')}?{urlencode({'query': params})}",
        "return_path": f"{reverse('alerts:subscribe')}?{urlencode({'query': params})}",
    }
    return render(request, "saved/subscribe.html", context, status=status)


def _request_subscription(request: HttpRequest, form: SubscribeForm, query: search.SearchQuery) -> int:
    """Requests the subscription. The status of the form's page, with the form's errors where it failed."""
    try:
        subscriptions.request_subscription(
            form.cleaned_data["email"],
            query,
            Frequency(form.cleaned_data["frequency"]),
            language=get_language() or "nb",
            sender=get_client_address(request),
        )
    except (mails.AddressRefused, mails.MailServerDown) as error:
        return add_mail_error(form, error)
    except subscriptions.TooManyRequests:
        form.add_error(None, _("Det er bedt om mange varsler herfra den siste timen. Prøv igjen om en time."))
        return 429
    return 200


def _describe_estimate(query: search.SearchQuery) -> str:
    """How many new ads to expect: "Omtrent 4 nye om dagen"; "" while the engine is down."""
    try:
        weekly = subscriptions.estimate_weekly_ads(query)
    except (search.EngineDown, search.QueryError):
        return ""
    daily = round(weekly / 7)
    if daily > 1:
        return ngettext("Omtrent %(n)s ny om dagen", "Omtrent %(n)s nye om dagen", daily) % {"n": daily}
    if weekly:
        return ngettext("Omtrent %(n)s ny i uken", "Omtrent %(n)s nye i uken", weekly) % {"n": weekly}
    return _("Sjelden nye: ingen den siste uken")


@private_page
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The page after the form: the mail with the link has been sent. The same for every address."""
    query, _problems = search.SearchQuery.from_address(request.GET.get("query", ""))
    return render(request, "saved/subscribe_sent.html", {"back": build_results_url(query.urlencode())})


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page that a confirmation link opens, with a button; its POST confirms."""
    asked = find_by_token(SubscriptionRequest.objects.all(), Purpose.CONFIRM, token)
    if asked is None:
        return _render_dead_link(request)
    context = {"asked": asked, "criteria": list_criteria(asked.query)}
    if request.method != "POST":
        return render(request, "saved/confirm.html", context)
    try:
        subscription = subscriptions.confirm_request(asked.pk)
    except subscriptions.TooManySubscriptions:
        return render(request, "saved/confirm.html", context | {"too_many": subscriptions.MAX_SUBSCRIPTIONS}, status=409)
    if subscription is None:
        return _render_dead_link(request)
    messages.success(request, _("Varselet er bekreftet."))
    return redirect(build_path(Purpose.MANAGE, subscription.subscriber_id))


@dataclass
class Row:
    """A subscription on the page of an address."""

    subscription: Subscription
    name: str
    criteria: list[tuple[str, list[str]]]
    url: str
    form: FrequencyForm


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """The subscriptions of an address: change the frequency of one, stop one, stop all."""
    subscriber = find_by_token(Subscriber.objects.all(), Purpose.MANAGE, token)
    if subscriber is None:
        return _render_dead_link(request)
    if request.method == "POST":
        return _change(request, subscriber)
    pauses.record_opened_link(request, subscriber.pk)
    rows = list(subscriber.subscriptions.order_by("created", "pk"))
    Subscription.parse_all(rows)
    address = mask_address(subscriber.address)
    context = {"rows": [_build_row(row) for row in rows], "address": address, "paused": subscriber.paused}
    return render(request, "saved/manage.html", context)


def _build_row(subscription: Subscription) -> Row:
    query = subscription.query
    form = FrequencyForm(initial={"frequency": subscription.frequency}, auto_id=f"id_%s_{subscription.pk}")
    name = summarise_query(query) or _("Alle stillinger")
    return Row(subscription, name, list_criteria(query), build_results_url(subscription.params), form)


def _change(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    """Runs the action of a button: `action` is change, stop, resume or stop_all. Anything else changes nothing."""
    action, chosen = request.POST.get("action", ""), _find_own(subscriber, request.POST.get("subscription", ""))
    if action == "stop_all":
        subscriptions.end_all(subscriber.pk)
    elif action == "resume":
        pauses.resume(subscriber.pk)
        messages.success(request, _("Varslene fortsetter."))
    elif action == "stop" and chosen:
        subscriptions.end_subscription(chosen.pk)
        messages.success(request, _("Varselet er stoppet."))
    elif action == "change" and chosen:
        form = FrequencyForm(request.POST)
        if form.is_valid():
            subscriptions.change_frequency(chosen, Frequency(form.cleaned_data["frequency"]))
            messages.success(request, _("Endringen er lagret."))
    if not Subscriber.objects.filter(pk=subscriber.pk).exists():
        return render(request, "saved/stopped.html", {"all_ended": True})
    return redirect(request.path)


def _find_own(subscriber: Subscriber, key: str) -> Subscription | None:
    try:
        return subscriber.subscriptions.filter(pk=UUID(key)).first()
    except ValueError:
        return None


@private_page
@csrf_exempt  # RFC 8058: the mail provider's server posts, without a cookie; the token is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The page that stops a subscription, and its POST, which mail providers send themselves (one-click unsubscribe)."""
    subscription_id = read_token(Purpose.STOP, token)
    if subscription_id is None:
        return _render_dead_link(request)
    subscription = Subscription.objects.filter(pk=subscription_id).first()
    if subscription is None:
        return render(request, "saved/stopped.html")
    params = subscription.params
    if request.method != "POST":
        pauses.record_opened_link(request, subscription.subscriber_id)
        return render(request, "saved/stop.html", {"criteria": list_criteria(subscription.query)})
    subscriptions.end_subscription(subscription_id)
    return render(request, "saved/stopped.html", {"again": f"{reverse('alerts:subscribe')}?{urlencode({'query': params})}"})


def mask_address(address: str) -> str:
    """A masked address: its owner recognises it, other readers of the page cannot read it: "ka…@example.no"."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:2]}…@{domain}"


def _render_dead_link(request: HttpRequest) -> HttpResponse:
    return render(request, "saved/dead_link.html", status=404)
