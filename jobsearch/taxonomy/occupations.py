"""Paths of occupations: the feed's two levels as `Helse og sosial/Sykepleier`.

Names contain slashes and commas themselves, so compare whole paths only.
"""

from __future__ import annotations

from jobsearch.core.text_values import clean_line

from .catalogue import OCCUPATIONS

PATHS: dict[str, tuple[str, ...]] = {
    level1: tuple(f"{level1}/{level2}" for level2 in names) for level1, names in OCCUPATIONS.items()
}
UNKNOWN = "Uoppgitt/ ikke identifiserbare"  # NAV's level 1 for ads it could not classify
_PARENT = {path: level1 for level1, paths in PATHS.items() for path in paths}
# Whatever the case, a name of the catalogue gets the catalogue's spelling: "HELSE OG SOSIAL" is not another occupation.
_SPELLINGS = {path.casefold(): path for path in (*PATHS, *_PARENT)}


def build_path(level1: str, level2: str) -> str:
    """The path of an occupation from the feed's two names; "" if both are empty."""
    level1, level2 = clean_line(level1, 120), clean_line(level2, 120)
    level1 = _SPELLINGS.get(level1.casefold(), level1)
    path = f"{level1}/{level2}" if level1 and level2 else level1
    return _SPELLINGS.get(path.casefold(), path)


def get_parent(path: str) -> str:
    """The level 1 of a path, or "" if the path is a level 1 itself."""
    if path in _PARENT:
        return _PARENT[path]
    # Outside the catalogue: the longest known level 1 with which the path begins, since a name may contain slashes.
    starts = [level1 for level1 in PATHS if path.startswith(f"{level1}/")]
    if starts:
        return max(starts, key=len)
    return "" if path in PATHS else path.partition("/")[0] if "/" in path else ""


def get_label(path: str) -> str:
    """The last name of a path, as NAV writes it."""
    above = get_parent(path)
    return path[len(above) + 1 :] if above else path


def is_known(path: str) -> bool:
    """Whether the path is in the catalogue."""
    return path in PATHS or path in _PARENT
