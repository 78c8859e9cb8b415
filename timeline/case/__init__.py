"""The case: its settings, its DuckDB file, and the only room that writes it."""
