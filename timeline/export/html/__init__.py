"""One self-contained, offline HTML file from a report: `render(report)` gives its bytes."""

from timeline.export.html.render import render
from timeline.export.html.report import Report

__all__ = ["Report", "render"]
