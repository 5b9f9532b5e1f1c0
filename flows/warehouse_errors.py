"""Why a run stops."""

from contracts.layers import LayerReport


class RedContractError(RuntimeError):
    """The contract of a layer is red; nothing downstream of it runs and nothing is published."""

    def __init__(self, report: LayerReport) -> None:
        """List the checks that failed."""
        listed = "\n  ".join(
            f"{result.check_id}: {result.rows_failed} of {result.rows_seen} rows. {result.detail}"
            for result in report.red_results
        )
        super().__init__(
            f"The contract of layer {report.layer} is red:\n  {listed or 'it holds no check'}\n"
            "Nothing was published, the live version stays. quality.contract_results of the warehouse has all results."
        )
        self.report = report
