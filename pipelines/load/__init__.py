"""Raw extracted JSON to the typed tables of the `raw` schema."""
