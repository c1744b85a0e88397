"""The report of a run: one page with map, curves, hours and sources, that opens from disk without a network."""

from greenzone.outputs.report.files import RunFiles, read_run
from greenzone.outputs.report.hours import typical_hours
from greenzone.outputs.report.page import LANGUAGES, page, report_from_directory

__all__ = ["LANGUAGES", "RunFiles", "page", "read_run", "report_from_directory", "typical_hours"]
