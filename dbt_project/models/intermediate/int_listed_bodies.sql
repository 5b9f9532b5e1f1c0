-- Grain: one row per listed body and report year on file that it must report on.
with listed as (select * from {{ ref('expected_bodies') }}),

authorities as (select * from {{ ref('dim_authority') }}),

region_years as (select * from {{ ref('int_region_years') }})

select
    authorities.authority_key,
    listed.authority_zh,
    listed.region_code,
    region_years.report_year,
    case
        when listed.authority_kind = 'government' then region_years.region_level else 'department'
    end as authority_class
from listed
inner join region_years
    on
        listed.region_code = region_years.region_code
        and listed.first_report_year <= region_years.report_year
        and coalesce(listed.last_report_year, region_years.report_year) >= region_years.report_year
left join authorities
    on {{ stable_key('listed.authority_zh') }} = authorities.authority_key
