-- Grain: one row per version of the form.
with form_versions as (select * from {{ ref('form_versions') }})

select
    cast(form_version as varchar) as form_version,
    basis,
    first_report_year,
    last_report_year,
    sort_order
from form_versions
