"""The variable SIGNUP."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from jobsearch import env


@pytest.mark.parametrize(("value", "read"), [("", "open"), ("open", "open"), ("closed", "closed"), (" Closed ", "closed")])
def test_sign_up_is_open_unless_it_is_closed(monkeypatch, value, read):
    monkeypatch.setenv("SIGNUP", value)
    assert env.choice("SIGNUP", "open", ["open", "closed"]) == read


def test_another_word_is_refused_with_the_cure(monkeypatch):
    monkeypatch.setenv("SIGNUP", "no")
    with pytest.raises(ImproperlyConfigured, match="SIGNUP: 'no' is none of its values"):
        env.choice("SIGNUP", "open", ["open", "closed"])
