-- Grain: one row per year from 2008 to the last one reported on.
with reports as (select * from {{ ref('int_reports') }}),

form_versions as (select * from {{ ref('form_versions') }}),

bounds as (
    select
        least((select min(form_versions.first_report_year) from form_versions), min(report_year))
            as first_year,
        greatest((select max(form_versions.first_report_year) from form_versions), max(report_year))
            as last_year
    from reports
),

years as (select cast(unnest(range(first_year, last_year + 1)) as bigint) as report_year from bounds)

select
    years.report_year,
    any_value(form_versions.form_version) as form_version_in_force
from years
left join form_versions
    on years.report_year between form_versions.first_report_year
    and coalesce(form_versions.last_report_year, 9999)
group by years.report_year
