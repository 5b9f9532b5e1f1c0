"""The form reader: pieces to the tables of the statutory form, whatever layout they were printed in."""

from pipelines.extract.form_reader.tables import TablesRead, read_tables

__all__ = ["TablesRead", "read_tables"]
