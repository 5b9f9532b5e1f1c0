-- Grain: one row per year from 2008 to the last reported on, or that a rejected report is on.
with reports as (select * from {{ ref('int_reports') }}),

form_versions as (select * from {{ ref('form_versions') }}),

known_years as (
    select report_year from reports
    where not is_rejected
    union all
    select first_report_year as report_year from form_versions
),

bounds as (
    select
        min(report_year) as first_year,
        max(report_year) as last_year
    from known_years
),

years as (
    select cast(unnest(range(first_year, last_year + 1)) as bigint) as report_year
    from bounds
    union
    -- A rejected report's year may be misread and stretches nothing; dim_report has it too.
    select report_year from reports
    where is_rejected
)

select
    years.report_year,
    -- A newer version takes over from its first year on.
    max_by(form_versions.form_version, form_versions.first_report_year) as form_version_in_force
from years
left join form_versions
    on
        years.report_year >= form_versions.first_report_year
        and years.report_year <= coalesce(form_versions.last_report_year, years.report_year)
group by years.report_year
