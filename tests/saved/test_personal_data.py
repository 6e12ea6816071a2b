"""Everything of a user as JSON, complete and without anything of others; and its deletion."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from jobsearch.saved.models import (
    AlertMatch,
    Bookmark,
    BookmarkSettings,
    HiddenItem,
    RecentSearch,
    Reminder,
    ReminderMail,
    SavedSearch,
    Subscriber,
    Subscription,
)
from jobsearch.saved.personal_data import delete_subscriptions, export_user
from tests.saved.test_bookmarks import make_ad

pytestmark = pytest.mark.django_db


def make_user(name: str):
    """A user with a row in every table, each with the user's name in it where a text can hold it."""
    user = get_user_model().objects.create_user(name, f"{name}@example.no", "et langt nok passord")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    ad = make_ad(f"Kokk hos {name}")
    SavedSearch.objects.create(owner=user, name=f"Søk {name}", params=f"q={name}")
    Bookmark.objects.create(owner=user, vacancy_uuid=ad.uuid, note=f"Notat {name}", state="applied")
    BookmarkSettings.objects.create(owner=user, remind=True, language="nn", calendar_key=uuid4())
    HiddenItem.objects.create(owner=user, kind="employer", value=f"Kro {name}")
    RecentSearch.objects.create(owner=user, params=f"q=kokk+{name}")
    mail = ReminderMail.objects.create(owner=user, created=timezone.now())
    Reminder.objects.create(owner=user, vacancy_uuid=ad.uuid, deadline="2090-01-01", mail=mail)
    subscriber = Subscriber.objects.create(address=f"{name}@example.no", language="nb")
    subscription = Subscription.objects.create(subscriber=subscriber, params=f"q=lege+{name}", frequency="daily")
    AlertMatch.objects.create(subscription=subscription, vacancy_uuid=uuid4(), first_seen=timezone.now())
    return user


def test_the_export_has_everything_of_the_user_and_nothing_of_others():
    kari, _ola = make_user("kari"), make_user("ola")
    exported = json.loads(json.dumps(export_user(kari), cls=DjangoJSONEncoder))
    text = json.dumps(exported)
    for part in ("Notat kari", "Kokk hos kari", "q=kari", "Kro kari", "q=kokk+kari", "q=lege+kari", "applied", "2090-01-01"):
        assert part in text, part
    assert "ola" not in text
    keys = BookmarkSettings.objects.get(owner=kari)
    assert str(keys.calendar_key) not in text and str(keys.reminder_key) not in text
    assert [len(exported[name]) for name in ("saved_searches", "bookmarks", "hidden", "recent_searches", "subscriptions")] == [
        1
    ] * 5
    assert len(exported["subscriptions"][0]["ads"]) == 1


def test_a_user_without_anything_has_an_empty_export():
    user = get_user_model().objects.create_user("per")
    exported = export_user(user)
    assert not any(exported[name] for name in exported if name != "bookmark_settings")


def test_the_title_of_an_ad_is_gone_with_its_row():
    kari = make_user("kari")
    apps.get_model("vacancies", "Vacancy").objects.all().delete()
    assert export_user(kari)["bookmarks"][0]["title"] == ""


def test_a_deleted_user_leaves_no_row_in_any_table_and_others_keep_theirs():
    kari, _ola = make_user("kari"), make_user("ola")
    assert delete_subscriptions(kari) == 1
    kari.delete()
    models = [model for model in apps.get_app_config("saved").get_models() if model.objects.exists()]
    assert len(models) >= 9
    for model in models:
        assert model.objects.count() == 1, model
