-- Grain: one row per report, superseded revisions included.
with reports as (select * from {{ ref('int_reports') }})

select
    report_key,
    document_key,
    ordinal,
    authority_key,
    authority_printed,
    report_year,
    period,
    published,
    region_code,
    scope,
    scope_counted,
    captured_at,
    {{ captured_on() }} as captured_on,
    source_tier,
    is_current
from reports
