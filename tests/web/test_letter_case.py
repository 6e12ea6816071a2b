"""Titles and names in capitals are shown in normal letter case."""

from __future__ import annotations

import pytest

from jobsearch.web.presenters.ad_rows import build_sign
from jobsearch.web.presenters.letter_case import restore_case, restore_employer


@pytest.mark.parametrize(
    ("written", "names", "shown"),
    [
        ("SYKEPLEIER I BERGEN", ["Bergen"], "Sykepleier i Bergen"),
        ("SYKEPLEIER/HELSEFAGARBEIDER 50 %", [], "Sykepleier/helsefagarbeider 50 %"),
        ("IKT-KONSULENT TIL NAV", [], "IKT-konsulent til NAV"),
        ("LEDER. FAST STILLING I ÅS", ["Ås"], "Leder. Fast stilling i Ås"),
        ("VIKAR I MØRE OG ROMSDAL", ["Møre og Romsdal"], "Vikar i Møre og Romsdal"),
        ("PERSONLIG ASSISTENT (BPA)", [], "Personlig assistent (BPA)"),
        ("NAV", [], "NAV"),
        ("Sykepleier I BERGEN", ["Bergen"], "Sykepleier I BERGEN"),
        ("ǅ STRASSE ẞ I BERGEN", ["Bergen"], "ǅ strasse ẞ i Bergen"),
        ("SYKEPLEIER 100% fast ved avdeling X", [], "Sykepleier 100% fast ved avdeling X"),
        ("SYKEPLEIER OG VERNEPLEIER søkes I BERGEN", ["Bergen"], "Sykepleier og vernepleier søkes i Bergen"),
        ("Ledig: SYKEPLEIER VED SYKEHJEM", [], "Ledig: sykepleier ved sykehjem"),
        ("Ledig stilling: SYKEPLEIER VED SYKEHJEM", [], "Ledig stilling: SYKEPLEIER VED SYKEHJEM"),
        ("Professor IKEA NTNU KPMG", [], "Professor IKEA NTNU KPMG"),
        ("UTVIKLER CRM OG ERP, KPMG Os", [], "Utvikler CRM og ERP, KPMG Os"),
        ("LÆRER i ÅS", ["Ås"], "LÆRER i ÅS"),
        ("LÆRER/VIKAR i ÅS", ["Ås"], "Lærer/vikar i Ås"),
        ("KIWI søker medarbeider", [], "KIWI søker medarbeider"),
        ("KIWI Os", [], "KIWI Os"),
        ("Utvikler med erfaring fra NTNU eller IKEA", [], "Utvikler med erfaring fra NTNU eller IKEA"),
        ("İSTANBUL KEBAB søker KOKK", [], "İSTANBUL KEBAB søker KOKK"),
        ("", [], ""),
        ("12345 678", [], "12345 678"),
    ],
)
def test_title_in_capitals(written, names, shown):
    assert restore_case(written, names) == shown and len(shown) == len(written)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("ØYGARDEN KOMMUNE", "Øygarden kommune"),
        ("HELSE BERGEN HF", "Helse Bergen HF"),
        ("KIWI NORGE AS", "Kiwi Norge AS"),
        ("ANDERSEN OG SØNN AS", "Andersen og Sønn AS"),
        ("Bergen kommune", "Bergen kommune"),
        ("REMA", "REMA"),
    ],
)
def test_employer_in_capitals(written, shown):
    assert restore_employer(written) == shown


@pytest.mark.parametrize(("name", "sign"), [("Øygarden kommune", "ØK"), ("Equinor", "E"), ("", ""), ("3-årig <b>", "ÅB")])
def test_initials_of_an_employer(name, sign):
    assert build_sign(name) == sign
