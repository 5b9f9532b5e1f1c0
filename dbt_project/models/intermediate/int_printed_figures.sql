-- Grain: one row per report in use that prints table 三: what makes two such tables the same.
with known as (
    select report_key from {{ ref('int_reports') }}
    where is_current
),

reports as (
    select
        reports.report_key,
        reports.authority_key,
        reports.report_year,
        {{ as_list(table_cells('applications') | map(attribute="name")) }} as cells
    from {{ ref('stg_reports') }} as reports
    inner join known on reports.report_key = known.report_key
    where not reports.is_leftover and reports.applications__form_version is not null
)

-- Two tables are the same if all their cells are; a blank equals zero.
select
    report_key,
    authority_key,
    report_year,
    len(list_filter(cells, lambda x: x > 0)) as above_zero,
    hash(list_transform(cells, lambda x: coalesce(x, 0))) as cells_hash
from reports
