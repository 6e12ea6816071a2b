"""Sent mails of the demo: shown in the demo only."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from tests.web.page import Page

BACKEND = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def sent(settings, tmp_path):
    """Two mails of one connection, and one of another."""
    settings.EMAIL_FILE_PATH = str(tmp_path)
    first, second, third = (
        EmailMultiAlternatives(f"Nummer {n} – sykepleier", f"Se https://utlyst.example/{n}/ her", "a@b.no", ["b@example.no"])
        for n in (1, 2, 3)
    )
    third.attach_alternative('<p style="color:red">Hei</p>', "text/html")
    connection = get_connection(BACKEND)
    connection.send_messages([first, second])
    connection.close()
    get_connection(BACKEND).send_messages([third])


def test_the_demo_lists_its_mails_the_newest_first(client, sent, settings):
    settings.DEMO = True
    page = Page(client.get("/demo/mail/"))
    assert [heading.text_content() for heading in page.all("//article//h2")] == [f"Nummer {n} – sykepleier" for n in (3, 2, 1)]
    assert page.all("//article//a[@href='https://utlyst.example/2/']")
    assert "b@example.no" in page.text("//article")
    (link,) = page.all("//article//a[contains(., 'Vis som HTML')]")
    shown = client.get(link.get("href"))
    assert "color:red" in shown.content.decode()
    assert "script-src 'self'" in shown["Content-Security-Policy"] and "unsafe-inline" in shown["Content-Security-Policy"]
    assert client.get("/demo/mail/other/").status_code == 404


def test_a_mail_file_that_is_no_mail_is_shown_as_text(client, settings, tmp_path):
    settings.DEMO, settings.EMAIL_FILE_PATH = True, str(tmp_path)
    (tmp_path / "x.log").write_bytes(b"\xff\x00 not a mail <script>")
    response = client.get("/demo/mail/")
    assert response.status_code == 200 and b"<script>" not in response.content.partition(b"<main")[2]


def test_outside_the_demo_there_is_no_list_of_mails(client, sent):
    assert client.get("/demo/mail/").status_code == 404
    shown = [client.get(f"/demo/mail/{key}/").status_code for key in ("x", "y")]
    assert shown == [404, 404]
