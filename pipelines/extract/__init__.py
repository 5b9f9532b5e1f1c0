"""Documents to raw extracted JSON: readers of formats, one form reader, claims of the prose."""
