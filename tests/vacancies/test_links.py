"""Validation of links: which URLs become links, and which host is shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobsearch.vacancies import html, links

FIXED = settings(derandomize=True, deadline=None)

CYRILLIC_A = "\u0430"


@pytest.mark.parametrize(
    ("given_", "kept", "host", "mixed"),
    [
        ("https://www.jobbnorge.no/x", "https://www.jobbnorge.no/x", "jobbnorge.no", False),
        ("https://blåbær.no/jobb", "https://blåbær.no/jobb", "blåbær.no", False),
        ("https://xn--blbr-roah.no/", "https://xn--blbr-roah.no/", "blåbær.no", False),
        ("https://kárášjohka.no/", "https://kárášjohka.no/", "kárášjohka.no", False),
        (f"https://{CYRILLIC_A}rbeidsplassen.nav.no/x", "https://xn--rbeidsplassen-v1k.nav.no/x",
        "xn--rbeidsplassen-v1k.nav.no", True),
        ("https://xn--rbeidsplassen-v1k.nav.no/x", "https://xn--rbeidsplassen-v1k.nav.no/x", "xn--rbeidsplassen-v1k.nav.no",
        True),
        ("https://\u0430\u0440\u0440\u04cf\u0435.com/", "https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com", True),
        ("https://www.fin\u03bf.no/", "https://www.xn--fin-czc.no/", "xn--fin-czc.no", True),
        ("https://яндекс.рф/", "https://xn--d1acpjx3f.xn--p1ai/", "xn--d1acpjx3f.xn--p1ai", False),
        ("https://f\u0131nn.no/", "https://xn--fnn-jua.no/", "xn--fnn-jua.no", False),  # Turkish dotless i
        ("https://ｎａｖ.no/", "https://nav.no/", "nav.no", False),
        ("https://nav.no。evil.no/", "https://nav.no.evil.no/", "nav.no.evil.no", False),
        ("https://x.no:8443/a", "https://x.no:8443/a", "x.no", False),
        ("https://na\u00adv.no/so\u200bk&shy;nad", "https://nav.no/soknad", "nav.no", False),
        ("https://x.no/?a=1&amp;b=2", "https://x.no/?a=1&b=2", "x.no", False),
        ("https://x.no/?a=1&copy=2", "https://x.no/?a=1&copy=2", "x.no", False),
    ],
)  # fmt: skip
def test_the_real_host_is_shown(given_, kept, host, mixed):
    assert links.sanitise_link(given_) == kept
    assert (links.get_host(kept), links.has_mixed_scripts(kept)) == (host, mixed)
    assert links.sanitise_link(kept) == kept


@pytest.mark.parametrize(
    "hostile",
    [
        "http://127.0.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://0x7f.1/", "http://[::1]/",
        "https://nav.no@evil.no/", "https://nav.no:pass@evil.no/", "https://@evil.no", "https://x.no:22/", "https://x.no:99999/",
        "https://localhost/", "https://intern/", "https:evil.no", "https:///evil.no", "https://nav.no\\@evil.no/",
        "https://-x.no/",
        "https://" + "a" * 64 + ".no/", "https://" + "a." * 200 + "no/", "https://x..no/", "https://%6eav.no/",
        "https://na v.no/",
        "mailto:", "mailto:x", "mailto:a@b", "mailto:a@127.0.0.1", "mailto:a@b.no,c@d.no", "tel:22334455", "file:///etc/passwd",
        "vbscript:x", "blob:https://x.no/a", "ws://x.no/", "intent://x.no", "view-source:https://x.no",
    ],
)  # fmt: skip
def test_urls_that_hide_their_target_are_refused(hostile):
    assert links.sanitise_link(hostile) == ""


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("mailto:jobb@x.no?cc=tyv@evil.no&body=Hei", "mailto:jobb@x.no"),
        ("mailto:jobb@x.no?bcc=tyv@evil.no", "mailto:jobb@x.no"),
        ("mailto:jobb@x.no?to=tyv@evil.no&subject=Kokk", "mailto:jobb@x.no?subject=Kokk"),
        ("mailto:jobb@x.no?subject=a%0D%0ABcc:%20tyv@evil.no", "mailto:jobb@x.no?subject=a%20Bcc%3A%20tyv%40evil.no"),
        ("mailto:jobb@x.no?attach=/etc/passwd", "mailto:jobb@x.no"),
        ("MAILTO:jobb%40x.no", "mailto:jobb@x.no"),
        ("jobb@x.no?cc=tyv@evil.no", "mailto:jobb@x.no"),
        ("jobb@blåbær.no", "mailto:jobb@blåbær.no"),
        (f"jobb@n{CYRILLIC_A}v.no", "mailto:jobb@xn--nv-7kc.no"),
    ],
)
def test_a_mailto_link_keeps_at_most_a_subject(given_, kept):
    assert links.sanitise_link(given_) == kept


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("tel:+47 22 33 44 55", "tel:+4722334455"), ("TEL:22-33-44-55", "tel:22334455"), ("tel:%2B4722334455", "tel:+4722334455"),
        ("tel:*21*99999999#", ""), ("tel:22334455;ext=1", ""), ("tel:22334455,,1", ""), ("tel:javascript:alert(1)", ""),
        ("tel:", ""),
        ("tel:" + "9" * 40, ""), ("tel:+4722+33", ""),
    ],
)  # fmt: skip
def test_a_tel_link_is_a_number(given_, kept):
    assert links.sanitise_href(given_) == kept
    shown = html.sanitise_html(f'<p>Ring <a href="{given_}">oss</a></p>')
    assert ("<a href" in shown) == bool(kept) and "oss" in shown


def test_links_inside_a_text_follow_the_same_rules():
    text = html.sanitise_html(
        f'<p><a href="https://n{CYRILLIC_A}v.no/x">nav.no</a> <a href="mailto:a@b.no?cc=c@d.no">skriv</a> <a href="http://1.2.3.4/">her</a></p>'
    )
    assert html.list_links(text) == ["https://xn--nv-7kc.no/x", "mailto:a@b.no"]
    assert html.extract_text(text) == "nav.no skriv her"


PARTS = st.sampled_from(
    ["https://", "http:", "mailto:", "tel:", "@", "x.no", ".", "/", "?", "&", "#", ":", "8080", "xn--", CYRILLIC_A, "å",
    "%40", "\u202e",
     "[", "]", "1.2.3.4", "\\", "\u3002", "subject=", "\x00"]
)  # fmt: skip


@FIXED
@given(st.lists(PARTS | st.text(max_size=3), max_size=12).map("".join))
def test_any_text_is_a_safe_link_or_none(value):
    for check in (links.sanitise_link, links.sanitise_href):
        kept = check(value)
        assert kept == "" or kept.lower().startswith(("https://", "http://", "mailto:", "tel:"))
        assert check(kept) == kept and len(kept) <= 3 * links.LENGTH
        assert isinstance(links.get_host(kept), str) and links.has_mixed_scripts(kept) in {True, False}
