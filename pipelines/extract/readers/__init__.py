"""Readers: the bytes of one format to pieces in reading order. `registry` has all of them."""
