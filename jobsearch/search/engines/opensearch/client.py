"""OpenSearch client: connection from `SEARCH_URL`, circuit breaker and translation of errors.

The time-outs and the connection pool are chosen for web pages, whose visitors wait for the answer.
"""

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

SEARCH_SECONDS = 5  # a search takes some 10 ms; after five seconds the visitor has left, and waiting requests would pile up
WRITE_SECONDS = 60  # a chunk of 500 takes half a second; a node that merges or recovers may take much longer
OPEN_SECONDS = 10  # the circuit stays open after a time-out; then one request tests the server, and others fail at once
POOL_SIZE = 16  # connections per node: the threads of a web process. With the default of 10 the eleventh closes after each use
_HINT = "Is SEARCH_URL right, and the server up?"


class ResponseTimeout(EngineDown):
    """OpenSearch accepted the request and has not answered in time."""


class RequestRefused(EngineDown):
    """The server refuses this request: malformed (400) or too large (413)."""


class CircuitBreaker:
    """Circuit breaker for a server that does not answer.

    Without it such a server would block every thread of a web process for the time-out of its search, and with them the pages
    that need no search. The threads share it; two requests that test the server at once do no harm.
    """

    def __init__(self) -> None:
        self._open_until: float | None = None

    @contextmanager
    def protect(self) -> Iterator[None]:
        """Runs a request. Raises ResponseTimeout at once while the circuit is open."""
        if self._open_until is not None:
            if monotonic() < self._open_until:
                raise ResponseTimeout(f"OpenSearch has not answered for some seconds, and is asked again soon. {_HINT}")
            self._open_until = monotonic() + SEARCH_SECONDS  # while this request tests the server, the others do not wait
        open_until = None
        try:
            yield
        except ResponseTimeout:
            open_until = monotonic() + OPEN_SECONDS
            raise
        finally:
            self._open_until = open_until


def connect(url: str) -> OpenSearch:
    """The client for `http(s)://[user:password@]host:port[,host:port]`.

    Certificates are verified, with the CAs of `SSL_CERT_FILE` if that is set.
    """
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
        # Not compressed: that took the server 0.8 ms and this process 0.3 of a search of 3.5, for 20 kB on a local network.
        http_compress=False,
        timeout=SEARCH_SECONDS,
        # A node that does not answer is skipped for a minute, and another one is asked. With a single node a retry after a
        # time-out would only double the wait.
        max_retries=max(1, len(nodes)),
        retry_on_timeout=len(nodes) > 1,
        retry_on_status=(502, 503, 504),
        pool_maxsize=POOL_SIZE,
    )


@contextmanager
def translate_errors() -> Iterator[None]:
    """Translates the library's errors into EngineDown and its subclasses.

    Their texts never contain a query: errors are logged, queries are not.
    """
    try:
        yield
    except NotFoundError as error:
        raise IndexMissing(f"OpenSearch has no such index ({error.error}). Run manage.py rebuild_index.") from None
    except AuthenticationException:
        hint = "In the address, a sign like @ : / or % is written %40 %3A %2F %25."
        raise EngineDown(f"OpenSearch refuses the user or the password of SEARCH_URL (401). {hint}") from None
    except AuthorizationException as error:
        hint = "It needs all rights on indices and aliases whose names begin with jobsearch, and to see the cluster's health."
        raise EngineDown(f"OpenSearch does not let the user of SEARCH_URL do this ({error.status_code}). {hint}") from None
    except SSLError:
        hint = "Is it from a CA of your own? Then set SSL_CERT_FILE to a file with that CA. Is the host the one it is made for?"
        raise EngineDown(f"OpenSearch's certificate is not trusted. {hint}") from None
    except TransportError as error:
        # A time-out while connecting counts too. In urllib3 a refused connection also is a time-out, but nothing waits for it.
        connecting = isinstance(error.info, TimeoutError) and not isinstance(error.info, NewConnectionError)
        if isinstance(error, ConnectionTimeout) or connecting:
            raise ResponseTimeout(f"OpenSearch has not answered in time. {_HINT}") from None
        if error.status_code in (400, 413):
            raise RequestRefused(f"OpenSearch refuses a request ({error.status_code}). {_HINT}") from None
        # The error's own text can contain the request, and so the query.
        raise EngineDown(f"OpenSearch does not answer ({error.status_code} {error.error}). {_HINT}") from None
    except SerializationError:
        raise RequestRefused("A request to OpenSearch holds what JSON cannot.") from None
    except (OpenSearchException, ImproperlyConfigured) as error:
        raise EngineDown(f"OpenSearch cannot be used ({type(error).__name__}). {_HINT}") from None
