"""Capture, extract, load, publish: the steps of the warehouse without any orchestrator."""
