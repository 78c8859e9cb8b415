"""The errors that a user can mend; anything else is a bug and keeps its traceback.

TimelineError
├── CaseError     a mistake in case.toml, a missing case, a wrong argument (exit 2)
└── EvidenceError evidence that does not verify (exit 1)
"""


class TimelineError(Exception):
    """Root of all errors with a message for the user: file, place, value, remedy."""

    exit_code = 2


class CaseError(TimelineError):
    """The case, its case.toml or an argument is wrong."""


class EvidenceError(TimelineError):
    """Evidence is missing or differs from the ledger."""

    exit_code = 1
