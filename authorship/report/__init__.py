"""The report on one film: a page to look at, offline, with the verdict, its evidence and the whole film."""

from authorship.report.index import write_index
from authorship.report.page import make_report, write_report

__all__ = ["make_report", "write_index", "write_report"]
