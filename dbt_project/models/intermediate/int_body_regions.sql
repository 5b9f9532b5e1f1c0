-- Grain: one row per body and report year on file in which a region of its reports is in force.
with reports as (
    select * from {{ ref('int_reports') }}
    where not is_rejected
),

region_years as (select * from {{ ref('int_region_years') }})

-- That year's own report says it best, then the latest.
select
    reports.authority_key,
    region_years.report_year,
    arg_max(
        reports.region_code,
        (
            reports.report_year = region_years.report_year,
            reports.report_year,
            reports.report_key
        )
    ) as region_code
from reports
inner join region_years on reports.region_code = region_years.region_code
group by reports.authority_key, region_years.report_year
