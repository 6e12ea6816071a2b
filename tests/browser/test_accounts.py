"""Login by code and by passkey, and the account page: at both widths, with and without scripts."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core import mail
from playwright.sync_api import Page, expect

from tests.accounts.support import ADDRESS, read_code
from tests.browser.accessibility import find_violations, fits
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitors import by_visitor


def check(page: Page, heading: str) -> None:
    """Check a page, once it is there: its heading, its width, and axe."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert fits(page)
    assert find_violations(page) == []


def log_in(page: Page, address: str = ADDRESS) -> None:
    page.goto("/logg-inn/")
    page.get_by_label("E-postadresse", exact=True).fill(address)
    page.get_by_role("button", name="Send kode").click()
    page.get_by_label("Kode").fill(read_code())
    page.locator("main").get_by_role("button", name="Logg inn").click()
    page.wait_for_url("**/lagrede-sok/")


def add_authenticator(page: Page, *, verifies: bool) -> None:
    """Give the browser a virtual authenticator; it verifies its user, or fails to."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "isUserVerified": verifies}})


@by_visitor((PHONE, True), (DESKTOP, False))
def test_visitor_signs_up_by_code_and_deletes_the_account(open_page, ads, width, scripts):
    ads({"title": "Sykepleier"})
    page = open_page("/om/", width=width, scripts=scripts)
    if width == PHONE:
        page.get_by_role("button", name="Meny").click()
    page.get_by_role("link", name="Logg inn").click()
    check(page, "Logg inn")
    page.get_by_role("button", name="Send kode").click()
    expect(page.locator("#feil")).to_contain_text("Skriv e-postadressen din.")
    check(page, "Logg inn")
    page.get_by_label("E-postadresse", exact=True).fill(ADDRESS)
    page.get_by_role("button", name="Send kode").click()
    check(page, "Skriv koden")
    page.get_by_label("Kode").fill("0000-0000")
    page.locator("main").get_by_role("button", name="Logg inn").click()
    expect(page.locator("#feil")).to_contain_text("Koden er feil.")
    page.get_by_label("Kode").fill(read_code())
    page.locator("main").get_by_role("button", name="Logg inn").click()
    page.wait_for_url("**/om/")

    if width == PHONE:
        page.get_by_role("button", name="Meny").click()
    page.get_by_role("link", name="Konto").click()
    check(page, "Kontoen din")
    page.get_by_role("link", name="Slett kontoen").click()
    check(page, "Slette kontoen?")
    page.get_by_role("button", name="Slett kontoen").click()
    expect(page.get_by_text("Kontoen din er slettet.")).to_be_visible()
    assert not User.objects.exists()
    assert mail.outbox[-1].subject == "Kontoen din hos Utlyst er slettet"


@by_visitor((DESKTOP, True))
def test_user_changes_address_and_language_and_chooses_a_password(open_page, ads, width, scripts):
    ads({"title": "Sykepleier"})
    page = open_page("/logg-inn/", width=width, scripts=scripts)
    log_in(page)
    page.goto("/konto/")
    page.get_by_role("link", name="Bytt e-postadresse").click()
    check(page, "Bytt e-postadresse")
    page.get_by_label("Ny e-postadresse").fill("ny@example.no")
    page.get_by_role("button", name="Send kode").click()
    check(page, "Skriv koden")
    page.get_by_label("Kode").fill(read_code())
    page.get_by_role("button", name="Bytt e-postadresse").click()
    expect(page.locator("main")).to_contain_text("ny@example.no")

    page.get_by_role("link", name="Passnøkler, passord og kodeapp").click()
    check(page, "Innlogging og sikkerhet")
    page.get_by_role("link", name="Velg et passord").click()
    page.get_by_label("Nytt passord", exact=True).fill("et passord som er langt nok")
    page.get_by_label("Nytt passord igjen").fill("et passord som er langt nok")
    check(page, "Velg et passord")
    page.locator("main").get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("Passordet er lagret.")).to_be_visible()
    page.get_by_role("combobox", name="Velg språk").select_option("nn")
    page.locator("main").get_by_role("button", name="Lagre").click()
    expect(page.locator("html")).to_have_attribute("lang", "nn")


def test_passkey_is_added_and_logs_in(open_page, ads):
    """With the virtual authenticator of Chromium, which verifies its user."""
    ads({"title": "Sykepleier"})
    page = open_page("/logg-inn/")
    add_authenticator(page, verifies=True)
    log_in(page)
    page.goto("/konto/sikkerhet/")
    page.get_by_role("link", name="Legg til passnøkkel").click()
    check(page, "Ny passnøkkel")
    page.get_by_label("Navn på passnøkkelen").fill("Telefonen")
    page.get_by_role("button", name="Legg til passnøkkel").click()
    check(page, "Reservekoder")
    page.goto("/konto/passnokler/")
    expect(page.locator("main")).to_contain_text("Telefonen")
    check(page, "Passnøkler")
    page.get_by_role("button", name="Logg ut").click()
    expect(page.get_by_role("link", name="Logg inn")).to_be_visible()
    page.goto("/logg-inn/?next=/om/")
    page.get_by_role("button", name="Logg inn med passnøkkel").click()
    page.wait_for_url("**/om/")
    expect(page.get_by_role("link", name="Konto")).to_be_visible()


def test_a_cancelled_passkey_is_said_and_another_way_remains(open_page, ads):
    ads({"title": "Sykepleier"})
    page = open_page("/logg-inn/")
    add_authenticator(page, verifies=False)
    page.get_by_role("button", name="Logg inn med passnøkkel").click()
    expect(page.get_by_text("Passnøkkelen kunne ikke brukes.")).to_be_visible()
    check(page, "Logg inn")
    log_in(page)
