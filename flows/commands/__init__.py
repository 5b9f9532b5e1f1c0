"""One module per command of `gongkai`."""
