"""Log values are written by attackers: characters that move a cursor or turn text around are shown, never sent."""

import re

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_MARKS = "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
UNSAFE = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0)))) + _MARKS
"""Every control character, the marks that change the direction of writing, and the separators of lines."""

SHOWN = [_NAMED.get(one, f"\\x{ord(one):02x}" if one < _MARKS[0] else f"\\u{ord(one):04x}") for one in UNSAFE]
"""What stands for each unsafe character in text for people."""

_PATTERN = re.compile(f"[{re.escape(UNSAFE)}]")
_TABLE = str.maketrans(dict(zip(UNSAFE, SHOWN, strict=True)))


def visible(text: str) -> str:
    """Write a text so that it can only be read: what would act on a terminal is shown as an escape."""
    return text.translate(_TABLE)


def json_safe(text: str) -> str:
    """Escape what JSON leaves as it is; such characters stand only inside strings, so every value stays the same."""
    return _PATTERN.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", text)
