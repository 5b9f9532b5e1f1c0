-- Grain: one row per region and report year: who should have published, who has, who has not.
{{
    config(
        materialized='view',
        pre_hook="use mart",
        post_hook="use " ~ target.database,
    )
}}

with coverage as (select * from {{ ref('coverage').include(database=false) }}),

regions as (select * from {{ ref('dim_region').include(database=false) }}),

parents as (
    select
        region_code,
        arg_max(region_zh, coalesce(valid_to, 9999)) as last_zh,
        any_value(region_level) as region_level,
        any_value(parent_code) as parent_code
    from regions
    group by region_code
),

counted as (
    select
        region_code,
        report_year,
        any_value(as_of) as as_of,
        count(*) as expected,
        count(report_key) as published,
        {%- for status in ("on_time", "late", "not_due", "vanished", "missing") %}
        count(*) filter (where coverage_status = '{{ status }}') as {{ status }},
        {%- endfor %}
        max(coverage_status) filter (where authority_class <> 'department') as government_status
    from coverage
    where region_code is not null
    group by region_code, report_year
),

below as (
    select
        parents.parent_code as region_code,
        coverage.report_year,
        count(distinct coverage.region_code) as regions_below,
        count(distinct coverage.region_code) filter (where coverage.report_key is not null)
            as regions_below_published
    from coverage
    inner join parents on coverage.region_code = parents.region_code
    where coverage.authority_class <> 'department' and parents.parent_code is not null
    group by parents.parent_code, coverage.report_year
)

select
    counted.region_code,
    parents.region_level,
    counted.report_year,
    counted.expected,
    counted.published,
    counted.on_time,
    counted.late,
    counted.not_due,
    counted.vanished,
    counted.missing,
    counted.government_status,
    counted.as_of,
    coalesce(regions.region_zh, parents.last_zh) as region_zh,
    coalesce(below.regions_below, 0) as regions_below,
    coalesce(below.regions_below_published, 0) as regions_below_published
from counted
left join parents on counted.region_code = parents.region_code
left join regions
    on counted.region_code = regions.region_code and {{ is_in_force('regions', 'counted') }}
left join below
    on counted.region_code = below.region_code and counted.report_year = below.report_year
