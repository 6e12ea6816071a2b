"""Fixtures of account tests."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from tests.accounts.support import ADDRESS, make_user


@pytest.fixture
def kari(db) -> User:
    """A user without password."""
    return make_user("bruker-kari", ADDRESS, password=None)
