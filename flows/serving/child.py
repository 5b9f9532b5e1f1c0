"""A Python module run as a child that never outlives its parent, also after `kill -9` of the parent.

`python -m flows.serving.child PARENT_PID MODULE ARGUMENT …` is `python -m MODULE ARGUMENT …` until the parent is gone.
"""

import os
import runpy
import signal
import sys
import threading
import time

PARENT_POLL_SECONDS = 0.2


def main() -> None:
    """Watch the parent and run the module."""
    parent, module = int(sys.argv[1]), sys.argv[2]
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    sys.argv = sys.argv[2:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with(parent: int) -> None:
    """End this process and its group, at once, when it has another parent."""
    while os.getppid() == parent:
        time.sleep(PARENT_POLL_SECONDS)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
