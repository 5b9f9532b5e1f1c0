"""Mutated documents: whatever comes in, a valid raw extracted JSON comes out, in time and without an exception."""
