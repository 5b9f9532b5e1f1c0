-- Grain: one row per body that published a report.
with reports as (select * from {{ ref('int_reports') }})

select
    authority_key,
    any_value(authority_zh) as authority_zh,
    arg_max(region_code, (report_year, report_key)) as region_code,  -- of those that have one
    min(report_year) as first_report_year,
    max(report_year) as last_report_year,
    count(*) as reports
from reports
group by authority_key
