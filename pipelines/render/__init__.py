"""The form back to documents: the renderer of the samples and partner of the round-trip tests."""
