"""The reports of one document: where one ends and the next begins, and copies of the same report."""

from pipelines.extract.reports.copies import merge_copies
from pipelines.extract.reports.prose_reports import is_prose_report
from pipelines.extract.reports.splitting import Segment, split_by_tables, split_reports

__all__ = ["Segment", "is_prose_report", "merge_copies", "split_by_tables", "split_reports"]
