"""Raw extracted JSON, line by line, to lines that keep its contract or are rejected with a reason.

Kept apart from :mod:`pipelines.load` because worker processes import it: they need neither dlt nor DuckDB.
"""
