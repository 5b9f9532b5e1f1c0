"""The optional tools by which some formats can be read, and whether they are installed."""

import importlib.util

from pipelines.extract.readers.office import find_office

PACKAGE = "rapidocr"


def is_installed() -> bool:
    """Whether pages can be recognised."""
    return all(importlib.util.find_spec(name) is not None for name in (PACKAGE, "onnxruntime"))


def list_tools() -> list[str]:
    """The optional tools that are installed, by which some formats can be read."""
    tools = {"office": find_office() is not None, "ocr": is_installed()}
    return [name for name, is_there in tools.items() if is_there]
