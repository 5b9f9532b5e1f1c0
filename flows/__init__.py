"""The Prefect flow and the command line: the only place that knows the orchestrator."""
