-- Grain: one row per report, channel and result that the report prints.
{%- set codes = form_data().codes %}
with report_tables as (
    select * from {{ ref('int_report_tables') }}
    where table_id = 'reviews_and_lawsuits' and is_current and status in ('passed', 'not_assessed')
),

reports as (select * from {{ ref('stg_reports') }}),

listed as (
    select
        reports.report_key,
        reports.authority_key,
        reports.report_year,
        cast(report_tables.status as {{ code_type('table_status') }}) as status,
        [
            {%- for channel in codes.channel %}
            {%- set outer_loop = loop %}
            {%- for cell in row_cells('reviews_and_lawsuits', channel, codes.result) %}
            {{ cell }}{{ "," if not (outer_loop.last and loop.last) }}
            {%- endfor %}
            {%- endfor %}
        ] as cells
    from reports
    inner join report_tables on reports.report_key = report_tables.report_key
),

unpivoted as (
    select
        report_key,
        authority_key,
        report_year,
        status,
        unnest({{ inner_codes('result', codes.channel | length) }}) as result,
        unnest({{ outer_codes('channel', codes.result | length) }}) as channel,
        unnest(cells) as cases
    from listed
)

select
    report_key,
    authority_key,
    report_year,
    channel,
    result,
    cases,
    status
from unpivoted
where cases is not null
