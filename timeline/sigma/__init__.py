"""Sigma rules put to the case: read by pySigma, tested in DuckDB on the vendors' own fields, answered with a verdict."""
