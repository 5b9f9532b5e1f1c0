-- Grain: one row per report that has a correction, every cell as it was decided.
with corrections as (
    select
        report_key,
        map(list(cell_name), list(value)) as decided
    from {{ ref('int_corrections') }}
    where is_active
    group by report_key
),

reports as (select * from {{ ref('stg_reports') }})

select
    reports.report_key,
    reports.authority_key,
    reports.report_year,
    reports.region_code,
    {%- for table in form_data().codes.table_id %}
    reports.{{ table }}__form_version,
    {%- endfor %}
    {%- for cell in form_data().cells %}
    case
        when map_contains(corrections.decided, '{{ cell.name }}')
            then cast(corrections.decided['{{ cell.name }}'] as {{ cell_data_type(cell) }})
        else reports.{{ cell.name }}
    end as {{ cell.name }}{% if not loop.last %},{% endif %}
    {%- endfor %}
from reports
inner join corrections on reports.report_key = corrections.report_key
