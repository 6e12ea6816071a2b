"""Minified style sheets: a browser reads the same rules from them as from the sources."""

from __future__ import annotations

from pathlib import Path

from jobsearch.core.staticfiles import _minify

STATIC = Path(__file__).resolve().parents[2] / "static"
READ_RULES = """([source, minified]) => {
  const read = (text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return [...sheet.cssRules].map((rule) => rule.cssText.replace(/,\\s*/g, ","));  // variables keep a list's spaces
  };
  return [read(source), read(minified)];
}"""


def test_minified_style_sheets_have_the_same_rules(open_page):
    page = open_page("/personvern/")
    sheets = sorted(STATIC.rglob("*.css"))
    assert len(sheets) > 20
    for path in sheets:
        source = path.read_bytes()
        rules, of_minified = page.evaluate(READ_RULES, [source.decode(), _minify(path, source).decode()])
        assert rules and of_minified == rules, path
