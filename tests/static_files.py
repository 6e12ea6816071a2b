"""List of static files, read once for all test clients of a process.

WhiteNoise looks at each of 220 files when a handler starts. A running site starts one; each test client starts its own, which
took 20 ms, as long as two pages.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware


@pytest.fixture(scope="session", autouse=True)
def list_static_files_once() -> Iterator[None]:
    listed: dict[str, dict[str, object]] = {}
    read = WhiteNoiseMiddleware.add_files_from_finders

    def add_files(middleware: WhiteNoiseMiddleware) -> None:
        # All that the list and its headers depend on.
        used = {name: value for name, value in vars(middleware).items() if isinstance(value, (str, int, bool, type(None)))}
        key = repr((sorted(used.items()), settings.STATICFILES_DIRS, settings.STATICFILES_FINDERS, settings.INSTALLED_APPS))
        if key not in listed:
            read(middleware)
            listed[key] = dict(middleware.files)
        middleware.files.update(listed[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files)
        yield
