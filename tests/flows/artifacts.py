"""The artifacts that a flow run left with Prefect's server."""

from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey, FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import State


def flow_run_of(state: State[Any]) -> FlowRunFilter:
    """The flow run that ended in a state."""
    flow_run_id = state.state_details.flow_run_id
    assert flow_run_id is not None
    return FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id]))


def read_artifact(state: State[Any], key: str) -> str:
    """What the one artifact of that key of a flow run shows: Markdown, or the rows of a table as JSON."""
    chosen = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
    with get_client(sync_client=True) as client:
        (found,) = client.read_artifacts(artifact_filter=chosen, flow_run_filter=flow_run_of(state))
    return str(found.data)
