-- Grain: one row per body and report year: the figures that rules over years and regions compare.
with reports as (select * from {{ ref('int_decided_reports') }}),

usable as (
    select
        report_key,
        {%- for table in form_data().codes.table_id %}
        coalesce(bool_or(table_id = '{{ table }}'), false) as has_{{ table }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('int_report_tables') }}
    where is_counted
    group by report_key
)

select
    reports.authority_key,
    reports.report_year,
    {%- for table in form_data().codes.table_id %}
    bool_or(usable.has_{{ table }}) as has_{{ table }},
    {%- endfor %}
    {%- for column in columns_of_years() %}
    max(reports.{{ column }}) filter (where usable.has_{{ column.split("__")[0] }})
        as {{ column }},
    {%- endfor %}
    max(reports.proactive_disclosure__form_version) filter (where usable.has_proactive_disclosure)
        as disclosure_version
from reports
inner join usable on reports.report_key = usable.report_key
group by reports.authority_key, reports.report_year
