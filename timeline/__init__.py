"""A forensic timeline builder that knows what it cannot know."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeline.api import Case, EventFilter, demo

__all__ = ["Case", "EventFilter", "demo"]


def __getattr__(name: str) -> object:
    """Load the interface when it is used: `timeline --help` needs none of it."""
    if name in __all__:
        from timeline import api  # noqa: PLC0415

        return getattr(api, name)
    raise AttributeError(name)
