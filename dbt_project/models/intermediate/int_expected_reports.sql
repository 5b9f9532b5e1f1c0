-- Grain: one row per body, listed body or region's government never seen, and report year expected.
with reports as (
    select * from {{ ref('int_reports') }}
    where not is_rejected
),

authorities as (select * from {{ ref('dim_authority') }}),

levels as (
    {{ region_levels() }}
),

years as (
    select distinct report_year
    from {{ whole_ref('int_reports') }}
    where not is_rejected
),

listed as (
    select * from {{ ref('int_listed_bodies') }}
    where authority_key is null or {{ is_touched('bodies') }}
),

listings as (select * from {{ ref('expected_bodies') }}),

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
        min(report_year) as first_report_year,
        arg_max(scope_counted, (report_year, report_key)) as scope_counted
    from reports
    group by authority_key
),

valid_regions as (select * from {{ ref('int_region_years') }}),

codes as (select * from {{ ref('int_body_regions') }}),

bodies as (
    select
        authorities.authority_key,
        authorities.authority_zh,
        years.report_year,
        coalesce(codes.region_code, authorities.region_code) as region_code,
        if({{ is_general_office('authorities.authority_zh') }}, firsts.scope_counted, 'own')
            as scope
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
        case
            when listings.authority_kind = 'government' then levels.region_level
            else {{ authority_class('bodies.authority_zh', 'levels.region_level', 'bodies.scope') }}
        end as authority_class,
        bodies.report_year
    from bodies
    left join levels on bodies.region_code = levels.region_code
    left join valid_regions
        on
            bodies.region_code = valid_regions.region_code
            and bodies.report_year = valid_regions.report_year
    left join on_file on {{ is_body_year('bodies', 'on_file') }}
    left join listings on bodies.authority_key = {{ stable_key('listings.authority_zh') }}
    where
        on_file.authority_key is not null
        or bodies.report_year <= coalesce(listings.last_report_year, bodies.report_year)
        and (levels.region_level is null or {{ is_region_of('valid_regions', 'bodies') }})
),

of_bodies as (
    select * from known
    union all
    select
        listed.authority_key,
        listed.authority_zh,
        listed.region_code,
        listed.authority_class,
        listed.report_year
    from listed
    anti join known on {{ is_body_year('listed', 'known') }}
),

-- Any body may be the government of a region.
of_all_bodies as (
    select * from of_bodies
    {%- if looks_at_touched() %}
    union all
    select * from {{ this }}
    {%- endif %}
)

select * from of_bodies
union all
{{ governments_never_seen('valid_regions', 'of_all_bodies') }}
