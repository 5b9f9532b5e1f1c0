"""Who is told of a run: addresses of Apprise (`json://host/path` for a webhook, `mailto://…`, `slack://…`).

They are in the variable `GONGKAI_NOTIFY_URLS`, separated by spaces, and in the file `notify.urls` of the warehouse, one
a line.
"""

import os
from collections.abc import Mapping

from pipelines.warehouse import Warehouse

VARIABLE = "GONGKAI_NOTIFY_URLS"


def read_addresses(warehouse: Warehouse, environment: Mapping[str, str] = os.environ) -> list[str]:
    """The addresses of the environment and of the warehouse's file, each once; lines that begin with `#` are none."""
    lines = environment.get(VARIABLE, "").split()
    if warehouse.notify_urls.exists():
        lines += warehouse.notify_urls.read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(line for line in map(str.strip, lines) if line and not line.startswith("#")))
