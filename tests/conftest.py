"""Every module of the project is there before the first test.

Hypothesis draws some values from the constants of the modules that are imported: so it draws the same ones whichever
tests ran before in the same process.
"""

import importlib
import pkgutil

import contracts
import flows
import pipelines

for _package in (contracts, pipelines, flows):
    for _module in pkgutil.walk_packages(_package.__path__, f"{_package.__name__}."):
        importlib.import_module(_module.name)
