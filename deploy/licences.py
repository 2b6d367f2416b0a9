"""Which licences the packages that Newsdesk ships may have, and which say that they have one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.message import Message

# By their SPDX names: Newsdesk, under the MIT licence, may be passed on together with what is under these.
ALLOWED = frozenset(
    "0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause CC-BY-4.0 CC0-1.0 CNRI-Python ISC LGPL-2.1-or-later LGPL-3.0-only MIT "
    "MPL-1.1 MPL-2.0 PSF-2.0 Python-2.0 Unlicense Zlib".split()
)
# What packages without an SPDX expression call them: the ends of trove classifiers, and free text.
NAMES = {
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# Brackets of an expression, not those within a licence's name.
IN_BRACKETS = re.compile(r"(?:^|(?<=AND )|(?<=OR )|(?<=\())\(([^()]*)\)")


def refused(packages: Iterable[Message]) -> list[str]:
    """A sentence for each package, given by its metadata, whose licence is not allowed or not said."""
    found = []
    for package in packages:
        said = licence_of(package)
        if not said or not is_allowed(said):
            found.append(f"{package['Name']} {package['Version']}: {said or 'says nothing of its licence'}.")
    return sorted(found)


def licence_of(package: Message) -> str:
    """An SPDX expression: the package's own, else that of its classifiers, to choose from, else its words."""
    if expression := package.get("License-Expression"):
        return str(expression)
    classifiers = [line for line in package.get_all("Classifier", []) if line.startswith("License ")]
    if classifiers:
        names = (line.rpartition(" :: ")[2] for line in classifiers)
        return " OR ".join(NAMES.get(name, name) for name in names)
    text = str(package.get("License") or "").strip().partition("\n")[0]
    return NAMES.get(text, text)


def is_allowed(expression: str) -> bool:
    """Whether one of the licences to choose from (OR) allows it, each with all that it holds (AND)."""
    while inner := IN_BRACKETS.search(expression):
        verdict = "MIT" if is_allowed(inner[1]) else "refused"
        expression = expression[: inner.start()] + verdict + expression[inner.end() :]
    return any(all(name.strip() in ALLOWED for name in choice.split(" AND ")) for choice in expression.split(" OR "))
