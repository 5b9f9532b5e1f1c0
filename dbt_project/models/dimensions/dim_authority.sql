-- Grain: one row per body that published a report.
with reports as (select * from {{ ref('int_reports') }})

select
    authority_key,
    any_value(authority_zh) as authority_zh,
    -- Of the reports that have one; what was rejected counts only where there is nothing else.
    arg_max(region_code, (not is_rejected, report_year, report_key)) as region_code,
    coalesce(
        min(report_year) filter (where not is_rejected), min(report_year)
    ) as first_report_year,
    coalesce(
        max(report_year) filter (where not is_rejected), max(report_year)
    ) as last_report_year,
    count(*) as reports
from reports
group by authority_key
