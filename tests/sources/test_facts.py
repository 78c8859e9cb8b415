"""What every source states about itself, from which its documentation is rendered."""

import pytest

from timeline import catalog
from timeline.catalog import Source

SOURCES = catalog.sources()
EACH = pytest.mark.parametrize("source", SOURCES.values(), ids=list(SOURCES))


@EACH
def test_every_source_says_where_it_is_documented_and_how_it_is_exported(source: Source) -> None:
    assert source.docs
    assert all(address.startswith("https://") for address in source.docs)
    assert len(source.export) > len("export")
    assert source.scope


@EACH
def test_every_source_says_what_it_does_not_record_and_how_completely_it_is_delivered(source: Source) -> None:
    assert source.sees_not
    assert all(len(sentence) > 5 for sentence in source.sees_not)
    assert source.completeness in ("attested", "complete", "best_effort")
