"""Conformance kits: what must be known of a new version of the form or a new jurisdiction before it counts."""
