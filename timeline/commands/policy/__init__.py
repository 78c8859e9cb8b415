"""Tell how long which copy of which log is kept, and who says so.

Example: timeline policy show
"""

from timeline.commands import ANSWERS, Session

PANEL = ANSWERS


def root(session: Session) -> None:
    """Tell how long which copy of which log is kept, and who says so.

    Example: timeline policy show
    """
