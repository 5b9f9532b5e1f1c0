"""Readers of other versions of DuckDB, each in a throw-away environment; they come from the package registry."""
