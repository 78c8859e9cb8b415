"""`timeline.Case`: one investigation, for notebooks and for the command line."""

from timeline.api.case import Case, demo
from timeline.evidence.events import EventFilter

__all__ = ["Case", "EventFilter", "demo"]
