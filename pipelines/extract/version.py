"""What the extractor says of itself in each raw extracted JSON."""

EXTRACTOR_NAME = "gongkai"
EXTRACTOR_VERSION = "1.4.0"
