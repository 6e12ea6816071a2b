"""The connection: from `SEARCH_URL`, with time-outs and a pool chosen for a page that someone waits for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from opensearchpy import OpenSearch
from opensearchpy.exceptions import (
    AuthenticationException,
    AuthorizationException,
    ImproperlyConfigured,
    NotFoundError,
    OpenSearchException,
    SSLError,
    TransportError,
)

from ..engine import EngineDown, IndexMissing

SEARCH_SECONDS = 5  # a search takes some 10 ms; after five seconds the visitor is gone, and a queue would only grow
WRITE_SECONDS = 60  # a chunk of 500 takes half a second; a node that merges or recovers may take long
POOL = 16  # connections a node: the threads of a web process. opensearch-py's own 10 drops the eleventh after each use
CURE = "Is SEARCH_URL right, and the server up?"


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
        # A node that does not answer is tried on another one; a time-out is not, it would double the wait.
        max_retries=max(1, len(nodes)),
        retry_on_timeout=False,
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
        # The error's own text can hold the request, and so what somebody searched for.
        raise EngineDown(f"OpenSearch does not answer ({error.status_code} {error.error}). {CURE}") from None
    except (OpenSearchException, ImproperlyConfigured) as error:
        raise EngineDown(f"OpenSearch cannot be used ({type(error).__name__}). {CURE}") from None
