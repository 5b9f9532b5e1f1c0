"""What readers do at their worst, told by the text of a document; run in the workers of a pool."""

import os
import subprocess
import sys
import time
from pathlib import Path

from contracts.raw_json import Rejection
from pipelines.extract.batch import extract_task
from pipelines.extract.messages import Answer, Task

CHILD = [sys.executable, "-c", "import time; time.sleep(300)"]


def misbehave(task: Task) -> Answer:
    """Do what the document says, or extract it."""
    path = Path(task.path)
    match path.read_text(encoding="utf-8").split():
        case ["die"]:
            os._exit(3)
        case ["die", "once", marker]:
            if not Path(marker).exists():
                Path(marker).touch()
                os.abort()
        case ["hang", marker]:
            child = subprocess.Popen(CHILD)  # noqa: S603 - our own command
            Path(marker).write_text(str(child.pid))
            time.sleep(300)
        case ["fill"]:
            return Answer(line=b" " * 2**40)
        case ["recurse"]:
            return misbehave_deeper(task)
        case ["raise"]:
            raise RuntimeError(f"no idea about {task.source_uri}")
        case ["process"]:
            return Answer(rejection=Rejection(reason="reader_error", detail=str(os.getpid())))
        case ["slow"]:
            time.sleep(0.2)
    return extract_task(task)


def misbehave_deeper(task: Task) -> Answer:
    """Never end."""
    return misbehave_deeper(task)
