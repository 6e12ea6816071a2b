"""Menu of the admin: five parts for daily work, and all else under "Avansert"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PARTS = (("ads", gettext_lazy("Annonser")), ("feed", gettext_lazy("Strøm og kø")), ("search", gettext_lazy("Søk")))
PEOPLE = ("people", gettext_lazy("Brukere"))
ADVANCED = "advanced"
_PART_OF_APP = {"vacancies": "ads", "ingest": "feed", "search": "search", "auth": "people", "accounts": "people"}
_PART_OF_MODEL = {"control.loginattempt": "people"}
_FIRST = ("vacancies.vacancy", "ingest.run", "auth.user")
"""The list that a part's own link opens."""


@dataclass(slots=True)
class Item:
    """A link of the menu. `items` are shown under it while one of them is open."""

    label: str
    url: str
    is_current: bool = False
    is_open: bool = False
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu of one user."""

    items: Sequence[Item]
    advanced: Sequence[Item]
    is_advanced_open: bool


def build_menu(app_list: Sequence[dict[str, Any]], path: str, *, can_view_overview: bool, can_start_jobs: bool) -> Menu:
    """The menu from the lists that the user may see, as Django's `get_app_list` has them. `path`: the page's own."""
    keys = (*(key for key, _label in (*PARTS, PEOPLE)), ADVANCED)
    parts: dict[str, list[tuple[bool, Item]]] = {key: [] for key in keys}
    for app in app_list:
        for model in app["models"]:
            if not model.get("admin_url"):
                continue
            name = f"{app['app_label']}.{model['object_name'].lower()}"
            part = _PART_OF_MODEL.get(name) or _PART_OF_APP.get(app["app_label"], ADVANCED)
            url = model["admin_url"]
            title = admin.site.get_model_admin(model["model"]).get_list_title()  # type: ignore[attr-defined]  # each is a `ReadOnlyAdmin`
            item = Item(title, url, is_current=path == url, is_open=path.startswith(url))
            parts[part].append((name not in _FIRST, item))
    if can_view_overview:
        url = reverse("admin:search_usage")
        parts["search"].insert(0, (False, Item(_("Hva besøkende søker etter"), url, path == url, path == url)))
    if can_start_jobs:
        url = reverse("admin:job_actions")
        parts["feed"].append((True, Item(_("Jobber"), url, path == url, path == url)))
    index = reverse("admin:index")
    items = [Item(_("Oversikt"), index, is_current=path == index)]
    for key, label in (*PARTS, PEOPLE):
        found = [item for _is_later, item in sorted(parts[key], key=lambda pair: pair[0])]
        if found:
            is_open = any(item.is_open for item in found)
            items.append(Item(str(label), found[0].url, is_open=is_open, is_current=found[0].is_current, items=found))
    advanced = [item for _is_later, item in parts[ADVANCED]]
    return Menu(items, advanced, any(item.is_open for item in advanced))
