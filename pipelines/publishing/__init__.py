"""One writer, versions that never change, one link that moves: how a mart becomes what BI reads."""

from pipelines.publishing.audit import LAYERS, PublicationRefusedError
from pipelines.publishing.lock import WriterBusyError, reader_lock, writer_lock
from pipelines.publishing.manifest import (
    Code,
    Inputs,
    Manifest,
    describe_code,
    describe_inputs,
)
from pipelines.publishing.publication import KEPT_VERSIONS, publish, start_build
from pipelines.publishing.versions import (
    DamagedVersionError,
    UnknownVersionError,
    Version,
    find_version,
    list_versions,
    live_id,
    live_version,
    roll_back,
    scan_versions,
)

__all__ = [
    "KEPT_VERSIONS",
    "LAYERS",
    "Code",
    "DamagedVersionError",
    "Inputs",
    "Manifest",
    "PublicationRefusedError",
    "UnknownVersionError",
    "Version",
    "WriterBusyError",
    "describe_code",
    "describe_inputs",
    "find_version",
    "list_versions",
    "live_id",
    "live_version",
    "publish",
    "reader_lock",
    "roll_back",
    "scan_versions",
    "start_build",
    "writer_lock",
]
