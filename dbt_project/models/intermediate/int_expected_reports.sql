-- Grain: one row per body, or region's government never seen, and report year expected of it.
with reports as (select * from {{ ref('int_reports') }}),

authorities as (select * from {{ ref('dim_authority') }}),

regions as (select * from {{ ref('regions') }}),

levels as (
    {{ region_levels() }}
),

years as (select distinct report_year from reports),

-- A body whose name was not normalised is known by its document only: no further year is expected
-- of it.
named as (
    select distinct authority_key
    from {{ ref('stg_reports') }}
    where nullif(trim(authority_normalised), '') is not null
),

on_file as (
    select distinct
        authority_key,
        report_year
    from reports
),

bodies as (
    select
        authorities.authority_key,
        authorities.authority_zh,
        authorities.region_code,
        levels.region_level,
        {{ authority_class('authorities.authority_zh', 'levels.region_level') }} as authority_class,
        years.report_year
    from authorities
    inner join years on authorities.first_report_year <= years.report_year
    left join levels on authorities.region_code = levels.region_code
    left join named on authorities.authority_key = named.authority_key
    where named.authority_key is not null or authorities.first_report_year = years.report_year
),

valid_regions as (
    select
        regions.region_code,
        years.report_year,
        any_value(regions.region_zh) as region_zh,
        any_value(regions.region_level) as region_level
    from regions
    inner join years
        on
            years.report_year >= coalesce(regions.valid_from, 0)
            and years.report_year <= coalesce(regions.valid_to, years.report_year)
    group by regions.region_code, years.report_year
)

select
    bodies.authority_key,
    bodies.authority_zh,
    bodies.region_code,
    bodies.authority_class,
    bodies.report_year
from bodies
left join valid_regions
    on
        bodies.region_code = valid_regions.region_code
        and bodies.report_year = valid_regions.report_year
left join on_file
    on
        bodies.authority_key = on_file.authority_key
        and bodies.report_year = on_file.report_year
where
    bodies.region_level is null
    or valid_regions.region_code is not null
    or on_file.authority_key is not null
union all
select
    null as authority_key,
    valid_regions.region_zh || '人民政府' as authority_zh,
    valid_regions.region_code,
    valid_regions.region_level as authority_class,
    valid_regions.report_year
from valid_regions
anti join bodies
    on
        valid_regions.region_code = bodies.region_code
        and valid_regions.report_year = bodies.report_year
        and valid_regions.region_level = bodies.authority_class
