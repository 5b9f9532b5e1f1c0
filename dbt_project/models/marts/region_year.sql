-- Grain: one row per region and report year: one consolidated report, else its own reports.
with regions as (select * from {{ ref('dim_region') }}),

authority_years as (
    select
        *,
        scope_counted = 'consolidated'
        and applications_status in ('passed', 'accepted')
        and (
            {{ is_government('authority_zh') }} or {{ is_general_office('authority_zh') }}
        ) as is_consolidated
    from {{ ref('authority_year') }}
    where region_code is not null and applications_status <> 'rejected'
),

named as (
    select
        *,
        exists(
            select 1 from regions
            where
                regions.region_code = authority_years.region_code
                and {{ is_in_force('regions', 'authority_years') }}
                and contains(authority_years.authority_zh, regions.region_zh)
        ) as has_name_of_region
    from authority_years
),

chosen as (
    select
        *,
        row_number() over (
            partition by region_code, report_year
            order by
                is_consolidated desc,
                authority_zh like '%人民政府' desc,
                has_name_of_region desc,
                authority_key asc
        ) as choice,
        bool_or(is_consolidated) over (partition by region_code, report_year) as has_consolidated
    from named
),

counted as (
    select
        *,
        case
            when has_consolidated then choice = 1
            else scope_counted = 'own' and applications_status in ('passed', 'accepted')
        end as is_counted
    from chosen
),

summed as (
    select
        region_code,
        report_year,
        {{ sum_of_bodies('new_received', 'applications') }} as new_received,
        {{ sum_of_bodies('carried_in', 'applications') }} as carried_in,
        {{ sum_of_bodies('decided', 'applications') }} as decided,
        {{ sum_of_bodies('carried_out', 'applications') }} as carried_out,
        {{ sum_of_bodies('reviews', 'reviews_and_lawsuits') }} as reviews,
        {{ sum_of_bodies('lawsuits', 'reviews_and_lawsuits') }} as lawsuits,
        case
            when bool_or(has_consolidated) then 'consolidated'
            when bool_or(is_counted) then 'own_reports'
            else 'none'
        end as basis,
        max(authority_zh) filter (where has_consolidated and is_counted) as consolidated_by_zh,
        count(*) filter (where is_counted) as bodies_counted,
        count(*) filter (
            where is_counted and reviews_and_lawsuits_status in ('passed', 'accepted')
        )
            as bodies_with_reviews_and_lawsuits,
        count(*) filter (where is_counted and applications_status = 'accepted')
            as bodies_accepted,
        count(*) as bodies_known,
        count(*) filter (where applications_status = 'held') as bodies_held,
        count(*) filter (where applications_status = 'not_assessed') as bodies_not_assessed
    from counted
    group by region_code, report_year
)

select
    summed.*,
    regions.region_zh
from summed
left join regions
    on
        summed.region_code = regions.region_code
        and {{ is_in_force('regions', 'summed') }}
