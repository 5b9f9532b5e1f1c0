-- Grain: one row per report, the residual of every identity that reaches back a year a column.
with reports as (select * from {{ ref('int_decided_reports') }}),

report_tables as (
    select * from {{ ref('int_report_tables') }}
    where is_counted
),

succession as (
    select * from {{ ref('region_succession') }}
    where succession_kind in ('split', 'merger')
),

-- Over a split or a merger files move between bodies: a carry-out is no carry-in.
breaks as (
    select
        predecessor_code as region_code,
        first_report_year
    from succession
    union
    select
        successor_code as region_code,
        first_report_year
    from succession
),
{%- for table in form_data().codes.table_id if prior_cells(table) %}

prior_{{ table }} as (
    select
        reports.authority_key,
        {%- for cell in prior_cells(table) %}
        reports.{{ cell }} as prior__{{ cell }},
        {%- endfor %}
        reports.report_year + 1 as report_year
    from reports
    inner join report_tables on reports.report_key = report_tables.report_key
    left join breaks
        on
            reports.region_code = breaks.region_code
            and reports.report_year + 1 = breaks.first_report_year
    where report_tables.table_id = '{{ table }}' and breaks.region_code is null
),
{%- endfor %}

joined as (
    select
        reports.*
        {{- prior_columns() }}
    from reports
    {{ join_prior_reports() }}
)

select
    report_key,
    {{ residual_columns(identities(within_report=false)) }}
from joined
