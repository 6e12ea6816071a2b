"""The feed over HTTP: pages, details and the token. Knows no database.

Addresses are built here from ids, on the configured origin; `next_url` and `url` in the messages are never used, since they
could lead elsewhere, and the token with them.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Sequence
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from jobsearch.vacancies.ad_data import VacancyData

from .errors import BrokenPage, EntryGone, FeedDown, PageGone, TooLarge, Unauthorized
from .http import Answer, Limits, Transport
from .parsing import BadEntry, BadPage, FeedPage, Gone, TooDeep, read_detail, read_json, read_page
from .tokens import SameToken, Tokens, find_token

# A full page is 1000 lines; with every text at the length of its column (500 + 1000 + 200 characters) it is some 6 MB.
PAGE = Limits(read=90, total=180, size=16_000_000)
# A detail is 12 kB, a long one 100 kB; what is over 5 MB is no ad.
DETAIL = Limits(read=60, total=90, size=5_000_000)
TOKEN = Limits(read=60, total=60, size=64_000)

_uniform = random.SystemRandom().uniform


class Feed:
    """One origin, `threads` connections. Safe to be used by several threads at once.

    `pauses` are the seconds before a page is asked for again when the feed is down for a moment; details are not asked
    again here, they have a queue for that.
    """

    def __init__(
        self,
        origin: str,
        *,
        user_agent: str,
        private_token: str = "",
        cached_token: str = "",
        threads: int = 6,
        pauses: Sequence[float] = (1.0, 4.0),
        page: Limits = PAGE,
        detail: Limits = DETAIL,
    ) -> None:
        self.origin = origin.rstrip("/")
        self._transport = Transport(self.origin, user_agent=user_agent, threads=threads + 1)
        self._pauses = tuple(pauses)
        self._page_limits, self._detail_limits = page, detail
        self._stopped = threading.Event()
        self.tokens = Tokens(self._public_token, private=private_token, cached=cached_token)

    def close(self) -> None:
        """Give up: waiting threads stop waiting, connections are closed."""
        self._stopped.set()
        self._transport.close()

    def first_page(self, since: dt.datetime) -> FeedPage | None:
        """The page of the first line later than `since`; None if nothing is ("404, not 304": NAV's server does so).

        The only request that ever carries If-Modified-Since: on a page it would hide lines whose time is earlier than
        that of a line before them. A header that the server cannot read is silently ignored, and the answer begins in
        2023: so the first line's time is checked. Raises `FeedDown`.
        """
        since = since.astimezone(dt.UTC).replace(microsecond=0)
        try:
            page = self._page("/api/v1/feed", headers={"If-Modified-Since": format_datetime(since, usegmt=True)})
        except PageGone:
            return None
        first = next((line.time for line in page.lines if line.time), None)
        if first is not None and first < since:
            raise FeedDown(
                "since-ignored", f"The feed was asked for lines since {since:%Y-%m-%d} and answers from {first:%Y-%m-%d}."
            )
        return page

    def last_page(self) -> FeedPage | None:
        """The newest line, alone on a page; None while the feed is empty. Not "the newest thousand". Raises `FeedDown`."""
        try:
            return self._page("/api/v1/feed", query="last")
        except PageGone:
            return None

    def page(self, page_id: str) -> FeedPage:
        """The page that begins with this line. Raises `PageGone`, `FeedDown`.

        Unconditional: the ETag of a tail of two lines hides the next one, and that of a full page never changes, so a
        304 proves nothing, while the tail is a kilobyte.
        """
        return self._page(f"/api/v1/feed/{UUID(page_id)}")

    def detail(self, uuid: UUID) -> VacancyData | Gone:
        """What the ad is now. Raises `EntryGone` (404), `BadEntry` (this ad is wrong), `FeedDown` (cannot tell)."""
        try:
            answer = self._authorized(f"/api/v1/feedentry/{uuid}", self._detail_limits)
        except TooLarge as error:
            raise BadEntry(error.reason, str(error.args[0])) from None
        if answer.status == 404:
            raise EntryGone("404", "The feed has no such ad.")
        try:
            return read_detail(uuid, _json(answer, "detail"))
        except TooDeep:
            raise BadEntry("too-deep", "The detail is nested too deeply to be read.") from None

    def _page(self, path: str, *, query: str = "", headers: dict[str, str] | None = None) -> FeedPage:
        for pause in (*self._pauses, None):
            try:
                answer = self._authorized(path, self._page_limits, query=query, headers=headers)
                if answer.status == 404:
                    raise PageGone("404", "The feed has no such page.")
                return read_page(_json(answer, "page"))
            except Unauthorized:
                raise
            except BadPage as error:
                raise BrokenPage(error.reason, str(error)) from None
            except TooDeep:
                raise BrokenPage("broken-json", "The page is nested too deeply to be read.") from None
            except FeedDown:
                # With jitter: all who follow a feed come back at the same moment otherwise.
                if pause is None or self._stopped.wait(pause * _uniform(0.5, 1.5)):
                    raise
        raise AssertionError("unreachable")

    def _authorized(self, path: str, limits: Limits, *, query: str = "", headers: dict[str, str] | None = None) -> Answer:
        """The answer to a request with a token; on 401 the token is renewed and the request made once more."""
        token = self.tokens.current()
        answer = self._get(path, limits, token, query, headers)
        if answer.status != 401:
            return answer
        try:
            token = self.tokens.renew(token)
        except SameToken:
            raise self._refused() from None
        answer = self._get(path, limits, token, query, headers)
        if answer.status == 401:
            raise Unauthorized("unauthorized", "A public token that was fetched just now is refused as well.")
        return answer

    def _get(self, path: str, limits: Limits, token: str, query: str, headers: dict[str, str] | None) -> Answer:
        return self._transport.get(path, limits, query=query, headers={"Authorization": f"Bearer {token}", **(headers or {})})

    def _refused(self) -> Unauthorized:
        if self.tokens.is_private:
            return Unauthorized(
                "unauthorized", "NAV_FEED_TOKEN is refused. Ask NAV for a new one, or leave it out to use the public token."
            )
        return Unauthorized(
            "same-token",
            "The public token has expired and NAV still hands out the same one. It is tried again at the next run; "
            "a token of your own in NAV_FEED_TOKEN does not depend on it.",
        )

    def _public_token(self) -> str:
        answer = self._transport.get("/api/publicToken", TOKEN)
        if answer.status == 404:
            raise Unauthorized("no-token", "NAV hands out no public token now. Set NAV_FEED_TOKEN, or wait.")
        token = find_token(answer.body) if answer.status == 200 else None
        if token is None:
            raise FeedDown("no-token", f"No token is in the answer for the public token (status {answer.status}).")
        return token


def _json(answer: Answer, what: str) -> Any:
    """The JSON of a 200 answer. Proxies answer errors with 200 and HTML, so the type is looked at first."""
    if 300 <= answer.status < 400:
        raise FeedDown("redirect", f"The {what} is redirected ({answer.status}); NAV_FEED_URL may be out of date.")
    if answer.status != 200:
        raise FeedDown(f"status-{answer.status}", f"The {what} was answered with status {answer.status}.")
    if "json" not in answer.content_type:
        raise FeedDown("not-json", f"The {what} came as {answer.content_type[:60] or 'nothing named'} instead of JSON.")
    try:
        return read_json(answer.body)
    except TooDeep:
        raise
    except ValueError:
        raise FeedDown("broken-json", f"The {what} is not readable JSON.") from None
