-- Grain: one row per report in use that prints table 三: what makes two such tables the same.
-- Two tables are the same if all their cells are; a blank equals zero.
{%- set cells = [] %}
{%- for cell in table_cells('applications') %}
{%- do cells.append("coalesce(" ~ cell.name ~ ", 0)") %}
{%- endfor %}
with known as (
    select report_key from {{ ref('int_reports') }}
    where is_current
),

reports as (
    select
        reports.report_key,
        reports.authority_key,
        reports.report_year,
        {{ as_list(cells) }} as cells
    from {{ ref('stg_reports') }} as reports
    inner join known on reports.report_key = known.report_key
    where not reports.is_leftover and reports.applications__form_version is not null
)

select
    report_key,
    authority_key,
    report_year,
    len(list_filter(cells, lambda x: x > 0)) as above_zero,
    hash(cells) as cells_hash
from reports
