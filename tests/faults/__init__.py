"""Seeded faults through the whole warehouse: what is caught at which layer, and what is localised."""
