"""The names of archive members as the ledger spells them: printable, without the sign that separates archive and member, each once."""

from __future__ import annotations

import unicodedata

HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def spelled(name: str) -> str:
    """Give a name with everything escaped that a screen does not show, or shows as something else; `!` separates members."""
    return "".join(sign if _shown(sign) else _escape(sign) for sign in name) or "unnamed"


def _shown(sign: str) -> bool:
    return sign != "!" and ((sign.isascii() and sign.isprintable()) or unicodedata.category(sign) not in HIDDEN)


def _escape(sign: str) -> str:
    code = ord(sign)
    if 0xDC80 <= code <= 0xDCFF:  # noqa: PLR2004  a byte that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004


class Names:
    """Gives each member of one archive a name of its own: a second `a` is `a#2`."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._count: dict[str, int] = {}

    def given(self, name: str) -> str:
        """Give the name under which the ledger has a member."""
        plain = new = spelled(name)
        while new in self._given:
            self._count[plain] = self._count.get(plain, 1) + 1
            new = f"{plain}#{self._count[plain]}"
        self._given.add(new)
        return new
