-- Grain: one row per report, the residual of every enforced identity a column.
with reports as (select * from {{ ref('int_decided_reports') }})

select
    report_key,
    authority_key,
    report_year,
    {%- for table in form_data().codes.table_id %}
    {{ table }}__form_version,
    {%- endfor %}
    {{ residual_columns(identities(enforced=true, within_report=true)) }}
from reports
