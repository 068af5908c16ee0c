"""The report on one film: an offline page with the verdict, its evidence and a timeline of the film."""

from authorship.report.page import make_report, write_index, write_report

__all__ = ["make_report", "write_index", "write_report"]
