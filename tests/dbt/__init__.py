"""Tests of the dbt project: its compiled SQL against Python, and a whole build of a small warehouse."""
