"""Feed client: fetches pages, details and the public token over HTTP. Uses no database.

URLs are built from ids on the configured origin. `next_url` and `url` in the messages are never followed: they could point
to another host, and the token would be sent there.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Callable, Sequence
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from jobsearch.vacancies.ad_data import VacancyData

from .errors import AdNotFound, FeedUnavailable, PageNotFound, ResponseTooLarge, Unauthorized, UnusablePage
from .parsing import (
    DetailFormatError,
    FeedPage,
    InactiveDetail,
    NestingTooDeep,
    PageFormatError,
    parse_detail,
    parse_json,
    parse_page,
)
from .redacted_details import redact_detail
from .responses import HttpResponse, ResponseLimits
from .tokens import TokenProvider, TokenUnchanged, find_token

# A full page has 1000 lines; with every text at its column's maximum (500 + 1000 + 200 characters) that is about 6 MB.
PAGE = ResponseLimits(read=90, total=180, size=16_000_000)
# A typical detail is 12 kB, a long one 100 kB; more than 5 MB is not an ad.
DETAIL = ResponseLimits(read=60, total=90, size=5_000_000)
TOKEN = ResponseLimits(read=60, total=60, size=64_000)

_uniform = random.SystemRandom().uniform


class FeedClient:
    """Client of one feed origin with `threads` connections. Thread-safe.

    `pauses` are the seconds to wait before each retry of a page. Details are not retried here: the detail queue does that.
    `on_answer` gets the seconds of each request, and whether the server failed.
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
        page: ResponseLimits = PAGE,
        detail: ResponseLimits = DETAIL,
        on_answer: Callable[[float, bool], None] | None = None,
    ) -> None:
        from .http import HttpClient  # with requests 3 MB: a web process imports this module, but never asks the feed

        self.origin = origin.rstrip("/")
        self._http = HttpClient(self.origin, user_agent=user_agent, threads=threads + 1, on_answer=on_answer)
        self._pauses = tuple(pauses)
        self._page_limits, self._detail_limits = page, detail
        self._stopped = threading.Event()
        self.tokens = TokenProvider(self._fetch_public_token, private=private_token, cached=cached_token)

    def close(self) -> None:
        """Stops waiting retries and closes the connections."""
        self._stopped.set()
        self._http.close()

    def fetch_first_page(self, since: dt.datetime) -> FeedPage | None:
        """Fetches the page that begins with the first line later than `since`; None if there is none (404 on NAV's server).

        The only request with If-Modified-Since: on `/feed/{id}` that header would hide lines whose time is earlier than
        that of a line before them. NAV's server silently ignores a header that it cannot parse and answers from 2023, so the
        time of the first line is checked. Raises `FeedUnavailable`.
        """
        since = since.astimezone(dt.UTC).replace(microsecond=0)
        try:
            page = self._fetch_page("/api/v1/feed", headers={"If-Modified-Since": format_datetime(since, usegmt=True)})
        except PageNotFound:
            return None
        first = next((line.time for line in page.lines if line.time), None)
        if first is not None and first < since:
            raise FeedUnavailable(
                "since-ignored", f"The feed was asked for lines since {since:%Y-%m-%d} and answers from {first:%Y-%m-%d}."
            )
        return page

    def fetch_last_page(self) -> FeedPage | None:
        """Fetches the head of the feed: a page with only the newest line. None if the feed is empty. Raises `FeedUnavailable`."""
        try:
            return self._fetch_page("/api/v1/feed", query="last")
        except PageNotFound:
            return None

    def fetch_page(self, page_id: str) -> FeedPage:
        """Fetches the page that begins with this line. Raises `PageNotFound`, `FeedUnavailable`.

        Sends no If-None-Match: on a last page of two lines the ETag does not change when a third line is appended, and the
        ETag of a full page never changes, so a 304 proves nothing. The last page is only about 1 kB.
        """
        return self._fetch_page(f"/api/v1/feed/{UUID(page_id)}")

    def fetch_detail(self, uuid: UUID) -> VacancyData | InactiveDetail:
        """Fetches an ad's current detail.

        Raises `AdNotFound` (404), `DetailFormatError` (this ad's detail is wrong), `FeedUnavailable` (no conclusion possible).
        """
        try:
            answer = self._get_authorized(f"/api/v1/feedentry/{uuid}", self._detail_limits)
        except ResponseTooLarge as error:
            raise DetailFormatError(error.reason, str(error.args[0])) from None
        if answer.status == 404:
            raise AdNotFound("404", "The feed has no such ad.")
        try:
            payload = _decode_json(answer, "detail")
        except NestingTooDeep:
            raise DetailFormatError("too-deep", "The detail is nested too deeply to be read.") from None
        try:
            return parse_detail(uuid, payload)
        except DetailFormatError as error:
            error.received = redact_detail(payload)
            raise

    def _fetch_page(self, path: str, *, query: str = "", headers: dict[str, str] | None = None) -> FeedPage:
        for pause in (*self._pauses, None):
            try:
                answer = self._get_authorized(path, self._page_limits, query=query, headers=headers)
                if answer.status == 404:
                    raise PageNotFound("404", "The feed has no such page.")
                return parse_page(_decode_json(answer, "page"))
            except Unauthorized:
                raise
            except PageFormatError as error:
                raise UnusablePage(error.reason, str(error)) from None
            except NestingTooDeep:
                raise UnusablePage("broken-json", "The page is nested too deeply to be read.") from None
            except FeedUnavailable:
                # Jitter: otherwise all clients of the feed retry at the same moment after an outage.
                if pause is None or self._stopped.wait(pause * _uniform(0.5, 1.5)):
                    raise
        raise AssertionError("unreachable")

    def _get_authorized(
        self, path: str, limits: ResponseLimits, *, query: str = "", headers: dict[str, str] | None = None
    ) -> HttpResponse:
        """Sends a request with the token; on 401 the token is renewed and the request sent once more."""
        token = self.tokens.get_token()
        answer = self._get(path, limits, token, query, headers)
        if answer.status != 401:
            return answer
        try:
            token = self.tokens.renew(token)
        except TokenUnchanged:
            raise self._token_refused() from None
        answer = self._get(path, limits, token, query, headers)
        if answer.status == 401:
            raise Unauthorized("unauthorized", "A public token that was fetched just now is refused as well.")
        return answer

    def _get(self, path: str, limits: ResponseLimits, token: str, query: str, headers: dict[str, str] | None) -> HttpResponse:
        return self._http.get(path, limits, query=query, headers={"Authorization": f"Bearer {token}", **(headers or {})})

    def _token_refused(self) -> Unauthorized:
        if self.tokens.is_private:
            return Unauthorized(
                "unauthorized", "NAV_FEED_TOKEN is refused. Ask NAV for a new one, or leave it out to use the public token."
            )
        return Unauthorized(
            "same-token",
            "The public token has expired and NAV still hands out the same one. It is tried again at the next run; "
            "a token of your own in NAV_FEED_TOKEN does not depend on it.",
        )

    def _fetch_public_token(self) -> str:
        answer = self._http.get("/api/publicToken", TOKEN)
        if answer.status == 404:
            raise Unauthorized("no-token", "NAV hands out no public token now. Set NAV_FEED_TOKEN, or wait.")
        token = find_token(answer.body) if answer.status == 200 else None
        if token is None:
            raise FeedUnavailable("no-token", f"No token is in the answer for the public token (status {answer.status}).")
        return token


def _decode_json(answer: HttpResponse, what: str) -> Any:
    """Parses the JSON of a 200 response. Some proxies send errors as 200 with HTML, so the content type is checked first."""
    if 300 <= answer.status < 400:
        raise FeedUnavailable("redirect", f"The {what} is redirected ({answer.status}); NAV_FEED_URL may be out of date.")
    if answer.status != 200:
        raise FeedUnavailable(f"status-{answer.status}", f"The {what} was answered with status {answer.status}.")
    if "json" not in answer.content_type:
        raise FeedUnavailable("not-json", f"The {what} came as {answer.content_type[:60] or 'nothing named'} instead of JSON.")
    try:
        return parse_json(answer.body)
    except NestingTooDeep:
        raise
    except ValueError:
        raise FeedUnavailable("broken-json", f"The {what} is not readable JSON.") from None
