-- Grain: one row per region in force and report year on file.
with regions as (select * from {{ ref('regions') }}),

years as (
    select distinct report_year
    from {{ ref('int_reports') }}
    where not is_rejected
)

select
    regions.region_code,
    years.report_year,
    any_value(regions.region_zh) as region_zh,
    any_value(regions.region_level) as region_level
from regions
inner join years on {{ is_in_force('regions', 'years') }}
group by regions.region_code, years.report_year
