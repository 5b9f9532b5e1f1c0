"""Tests of localisation: which cell is wrong, and what the page says."""
