-- Grain: one row per corrected report, as reported: the residual of every enforced identity.
with reports as (
    select * from {{ ref('stg_reports') }}
    where not is_leftover
),

corrected as (select report_key from {{ ref('int_corrected_reports') }})

select
    reports.report_key,
    {%- for table in form_data().codes.table_id %}
    {{ table }}__form_version,
    {%- endfor %}
    {{ residual_columns(identities(enforced=true, within_report=true)) }}
from reports
inner join corrected on reports.report_key = corrected.report_key
