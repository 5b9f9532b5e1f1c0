-- Grain: one row per body, listed body or region's government never seen, and report year expected.
with reports as (
    select * from {{ ref('int_reports') }}
    where not is_rejected
),

authorities as (select * from {{ ref('dim_authority') }}),

levels as (
    {{ region_levels() }}
),

years as (select distinct report_year from reports),

listed as (select * from {{ ref('int_listed_bodies') }}),

endings as (select * from {{ ref('expected_bodies') }}),

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

firsts as (
    select
        authority_key,
        min(report_year) as first_report_year
    from reports
    group by authority_key
),

valid_regions as (select * from {{ ref('int_region_years') }}),

-- Of the codes that a body's reports give its region, the one in force in a year.
codes as (
    select
        reports.authority_key,
        valid_regions.report_year,
        arg_max(reports.region_code, (reports.report_year, reports.report_key)) as region_code
    from reports
    inner join valid_regions on reports.region_code = valid_regions.region_code
    group by reports.authority_key, valid_regions.report_year
),

bodies as (
    select
        authorities.authority_key,
        authorities.authority_zh,
        years.report_year,
        coalesce(codes.region_code, authorities.region_code) as region_code
    from authorities
    inner join firsts on authorities.authority_key = firsts.authority_key
    inner join years on firsts.first_report_year <= years.report_year
    left join codes
        on authorities.authority_key = codes.authority_key and years.report_year = codes.report_year
    left join named on authorities.authority_key = named.authority_key
    where named.authority_key is not null or firsts.first_report_year = years.report_year
),

known as (
    select
        bodies.authority_key,
        bodies.authority_zh,
        bodies.region_code,
        {{ authority_class('bodies.authority_zh', 'levels.region_level') }} as authority_class,
        bodies.report_year
    from bodies
    left join levels on bodies.region_code = levels.region_code
    left join valid_regions
        on
            bodies.region_code = valid_regions.region_code
            and bodies.report_year = valid_regions.report_year
    left join on_file on {{ is_body_year('bodies', 'on_file') }}
    left join endings on bodies.authority_key = {{ stable_key('endings.authority_zh') }}
    where
        on_file.authority_key is not null
        or bodies.report_year <= coalesce(endings.last_report_year, bodies.report_year)
        and (
            levels.region_level is null
            or (
                valid_regions.region_code is not null
                and not {{ has_former_name('bodies', 'valid_regions.region_zh') }}
            )
        )
),

expected as (
    select * from known
    union all
    select * from listed
    anti join known on {{ is_body_year('listed', 'known') }}
)

select * from expected
union all
select
    null as authority_key,
    valid_regions.region_zh || '人民政府' as authority_zh,
    valid_regions.region_code,
    valid_regions.region_level as authority_class,
    valid_regions.report_year
from valid_regions
anti join expected
    on
        valid_regions.region_code = expected.region_code
        and valid_regions.report_year = expected.report_year
        and valid_regions.region_level = expected.authority_class
