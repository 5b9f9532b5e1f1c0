-- Grain: one row per report and table of the form.
with report_tables as (select * from {{ ref('int_report_tables') }})

select
    report_key,
    cast(table_id as {{ code_type('table_id') }}) as table_id,
    authority_key,
    report_year,
    cast(form_version as {{ code_type('form_version') }}) as form_version,
    cast(status as {{ code_type('table_status') }}) as status,
    is_current,
    is_latest,
    revision_rank,
    identities,
    identities_assessed,
    identities_violated,
    cast(status_reported as {{ code_type('table_status') }}) as status_reported,
    is_corrected,
    decision_id
from report_tables
