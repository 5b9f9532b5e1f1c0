"""What the processes of a storm are forked from has ready: what a run imports, and the models as dbt parsed them."""

import os
from pathlib import Path

import dlt  # noqa: F401 - a run's process has it from here

import flows.warehouse  # noqa: F401
from flows.dbt import parse_models
from pipelines.warehouse import Warehouse

ROOT = "GONGKAI_STORM_WAREHOUSE"

if root := os.environ.get(ROOT):
    parse_models(Warehouse(Path(root)))
