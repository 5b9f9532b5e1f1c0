"""Tests of capture, of the extraction of many documents and of the load."""
