"""Constant folding: a folded template renders the same as Django's own, in each language, with fewer nodes."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Engine
from django.template.base import TextNode
from django.urls import set_script_prefix
from django.utils.translation import override

LIBRARIES = {name: f"django.templatetags.{name}" for name in ("i18n", "static")} | {"site": "jobsearch.web.templatetags.site"}
CASES = {
    "translate": "{% load i18n %}<a>{% translate 'Filtre' %}</a> {% translate 'Lukk' as close %}{{ close }}",
    "translate-variable": "{% load i18n %}{% translate word %}{% translate 'Filtre'|upper %}",
    "block": "{% load i18n %}{% blocktranslate trimmed %}\n  Ingen\n  valg{% endblocktranslate %}",
    "block-with-variables": "{% load i18n %}{% blocktranslate trimmed with n=number %}\n {{ n }} per side{% endblocktranslate %}",
    "block-escapes": "{% load i18n %}{% blocktranslate trimmed with n=markup %}{{ n }} per side{% endblocktranslate %}",
    "block-without-its-variable": "{% load i18n %}{% blocktranslate %}{{ nothing }} per side{% endblocktranslate %}",
    "plural": "{% load i18n %}{% blocktranslate trimmed count n=number with typed=word %}{{ n }} valg med «{{ typed }}»"
    "{% plural %}{{ n }} valg med «{{ typed }}»{% endblocktranslate %}",
    "url": "{% url 'web:results' %} {% url 'web:facet' 'place' %} {% url 'web:results' as here %}{{ here }}",
    "static": "{% load static %}{% static 'css/base.css' %} {% static file %} {% static 'css/base.css' as css %}{{ css }}",
    "icon": "{% load site %}{% icon 'pin' %}{% icon word %}",
    "inside": "{% load i18n %}{% if number > 1 %}{% translate 'Lukk' %}{% else %}{% translate 'Filtre' %}{% endif %}"
    "{% for n in numbers %}{% translate 'Vis' %}{{ n }}{% empty %}{% translate 'Lukk' %}{% endfor %}"
    "{% with a=word %}{% translate 'Lukk' %}{{ a }}{% endwith %}",
    "other-language": "{% load i18n %}{% translate 'Filtre' %}{% language 'en' %}{% translate 'Filtre' %}{% endlanguage %}",
    "include": "{% include 'translate' %}{% include 'block-with-variables' with number=7 %}{% include 'inside' only %}"
    "{{ number }}",
    "include-sets-no-variable": "{% include 'translate' %}{{ close }}",
    "include-in-loop": "{% for n in numbers %}{% include 'cycle' %}{% endfor %}",
    "cycle": "{% cycle 'a' 'b' %}",
    "recursive": "{% if number > 1 %}{{ number }}{% include 'recursive' with number=0 %}{% endif %}",
    "base": "{% load i18n %}<p>{% translate 'Lukk' %}</p>{% block content %}{% translate 'Filtre' %}{% endblock %}",
    "child": "{% extends 'base' %}{% load i18n %}{% block content %}{{ block.super }} {% translate 'Vis' %}{% endblock %}",
    "includes-a-block": "{% extends 'base' %}{% block content %}{% include 'base' %}{% endblock %}",
    "dead-branch": "{% if False %}{% url 'no-such-view' %}{% include 'no-such-template' %}{% endif %}{{ number }}",
}
VALUES = {"word": "Lukk", "number": 25, "numbers": [1, 2, 3], "markup": "<b>&", "file": "css/tokens.css"}


def make_engine(cached: str) -> Engine:
    loaders = [(cached, [("django.template.loaders.locmem.Loader", CASES)])]
    return Engine(loaders=loaders, libraries=LIBRARIES)


@pytest.fixture(scope="module")
def folding() -> Engine:
    return make_engine("jobsearch.web.template_folding.Loader")


@pytest.fixture(scope="module")
def plain() -> Engine:
    return make_engine("django.template.loaders.cached.Loader")


@pytest.mark.parametrize("name", CASES)
def test_a_folded_template_renders_the_same_in_each_language(name, folding, plain):
    for language, _label in settings.LANGUAGES:
        with override(language):
            expected = plain.get_template(name).render(Context(dict(VALUES)))
            assert folding.get_template(name).render(Context(dict(VALUES))) == expected
            assert folding.get_template(name).render(Context(dict(VALUES))) == expected  # from the cache


def test_neighbouring_constants_become_one_text(folding):
    text, block = folding.get_template("base").nodelist  # without the node of `load`
    assert (text.s, block.name) == ("<p>Lukk</p>", "content")


def test_addresses_follow_the_prefix_of_the_site(folding):
    try:
        assert folding.get_template("url").render(Context()).startswith("/ /filter/place/")
        set_script_prefix("/jobb/")
        assert folding.get_template("url").render(Context()).startswith("/jobb/ /jobb/filter/place/")
    finally:
        set_script_prefix("/")


def test_nothing_is_folded_where_templates_may_change(settings, tmp_path: Path):
    settings.DEBUG = True
    engine = make_engine("jobsearch.web.template_folding.Loader")
    assert any(not isinstance(node, TextNode) for node in engine.get_template("translate").nodelist)


def test_a_template_of_the_site_is_folded():
    nodes = Engine.get_default().get_template("web/_filters.html").nodelist
    texts = [node for node in nodes if isinstance(node, TextNode)]
    assert len(texts) >= len(nodes) / 2 - 1  # no two texts side by side, and no translated ones between them
