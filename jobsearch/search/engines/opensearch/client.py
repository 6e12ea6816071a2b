"""The connection: from `SEARCH_URL`, with time-outs and a pool chosen for a page that someone waits for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from urllib.parse import unquote, urlsplit

from opensearchpy import OpenSearch
from opensearchpy.exceptions import (
    AuthenticationException,
    AuthorizationException,
    ConnectionTimeout,
    ImproperlyConfigured,
    NotFoundError,
    OpenSearchException,
    SerializationError,
    SSLError,
    TransportError,
)
from urllib3.exceptions import NewConnectionError, TimeoutError

from jobsearch.search.errors import EngineDown, IndexMissing

SEARCH_SECONDS = 5  # a search takes some 10 ms; after five seconds the visitor is gone, and a queue would only grow
WRITE_SECONDS = 60  # a chunk of 500 takes half a second; a node that merges or recovers may take long
SILENT_SECONDS = 10  # so long after a time-out nobody asks; then one does, and the others are told at once
POOL = 16  # connections a node: the threads of a web process. opensearch-py's own 10 drops the eleventh after each use
CURE = "Is SEARCH_URL right, and the server up?"


class Silent(EngineDown):
    """OpenSearch took the question, and has not answered in time."""


class RequestRefused(EngineDown):
    """The server answers, and does not take this request as it is: malformed (400), or too large (413)."""


class Silence:
    """Who may ask a server that has not answered. A silent one would else hold every thread of a web process for the time-out
    of its search, and with them the pages that need no search. Shared by threads; two that ask at once do no harm."""

    def __init__(self) -> None:
        self._again: float | None = None

    @contextmanager
    def respected(self) -> Iterator[None]:
        if self._again is not None:
            if monotonic() < self._again:
                raise Silent(f"OpenSearch has not answered for some seconds, and is asked again soon. {CURE}")
            self._again = monotonic() + SEARCH_SECONDS  # while this one finds out, the others do not wait
        again = None
        try:
            yield
        except Silent:
            again = monotonic() + SILENT_SECONDS
            raise
        finally:
            self._again = again


def connect(url: str) -> OpenSearch:
    """`http(s)://[user:password@]host:port[,host:port]`; certificates are verified, by `SSL_CERT_FILE` if that is set."""
    scheme, _, rest = url.partition("://")
    credentials, _, hosts = rest.rpartition("@")
    user, _, password = credentials.partition(":")
    nodes = []
    for host in hosts.rstrip("/").split(","):
        parts = urlsplit(f"{scheme}://{host}")
        nodes.append({"host": parts.hostname, "port": parts.port or (443 if scheme == "https" else 9200), "scheme": scheme})
    return OpenSearch(
        hosts=nodes,
        http_auth=(unquote(user), unquote(password)) if credentials else None,
        use_ssl=scheme == "https",
        verify_certs=scheme == "https",
        http_compress=True,
        timeout=SEARCH_SECONDS,
        # A node that does not answer is left alone for a minute, and another one asked. Where there is no other, a second try
        # after a time-out would only double the wait.
        max_retries=max(1, len(nodes)),
        retry_on_timeout=len(nodes) > 1,
        retry_on_status=(502, 503, 504),
        pool_maxsize=POOL,
    )


@contextmanager
def failures() -> Iterator[None]:
    """Turns the library's errors into ours. A query's text is never part of the sentence: errors are logged, queries not."""
    try:
        yield
    except NotFoundError as error:
        raise IndexMissing(f"OpenSearch has no such index ({error.error}). Run manage.py rebuild_index.") from None
    except AuthenticationException:
        cure = "In the address, a sign like @ : / or % is written %40 %3A %2F %25."
        raise EngineDown(f"OpenSearch refuses the user or the password of SEARCH_URL (401). {cure}") from None
    except AuthorizationException as error:
        cure = "It needs all rights on indices and aliases whose names begin with jobsearch, and to see the cluster's health."
        raise EngineDown(f"OpenSearch does not let the user of SEARCH_URL do this ({error.status_code}). {cure}") from None
    except SSLError:
        cure = "Is it from a CA of your own? Then set SSL_CERT_FILE to a file with that CA. Is the host the one it is made for?"
        raise EngineDown(f"OpenSearch's certificate is not trusted. {cure}") from None
    except TransportError as error:
        # The latter: while connecting. A refused connection is one of urllib3's time-outs too, but it costs nobody any time.
        connecting = isinstance(error.info, TimeoutError) and not isinstance(error.info, NewConnectionError)
        if isinstance(error, ConnectionTimeout) or connecting:
            raise Silent(f"OpenSearch has not answered in time. {CURE}") from None
        if error.status_code in (400, 413):
            raise RequestRefused(f"OpenSearch refuses a request ({error.status_code}). {CURE}") from None
        # The error's own text can hold the request, and so what somebody searched for.
        raise EngineDown(f"OpenSearch does not answer ({error.status_code} {error.error}). {CURE}") from None
    except SerializationError:
        raise RequestRefused("A request to OpenSearch holds what JSON cannot.") from None
    except (OpenSearchException, ImproperlyConfigured) as error:
        raise EngineDown(f"OpenSearch cannot be used ({type(error).__name__}). {CURE}") from None
