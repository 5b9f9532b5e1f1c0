-- Grain: one row per report: governments against the regions and the departments below them.
{%- set columns = rule_columns('hierarchy') %}
{%- set alone = columns_of_rule('double_counting')[0] %}
{%- set short_of_children = pairs_short_of(columns, "children") %}
{%- set short_of_departments = pairs_short_of(columns, "departments") %}
{%- set government = "is_current and is_government and scope_counted = " %}
{%- set is_whole = government ~ "'consolidated' and region_level is not null" %}
{%- set conditions = {
    "parent_covers_children": {
        "applies": is_whole ~ " and children_expected > 0",
        "holds": none_of(short_of_children | map(attribute=0) | list),
        "observed": told(short_of_children),
        "detail": words('regions_below', {"count": "children", "expected": "children_expected"}),
        "reason": "'no region below on file, or a figure is missing'",
    },
    "government_covers_departments": {
        "applies": is_whole,
        "holds": none_of(short_of_departments | map(attribute=0) | list),
        "observed": told(short_of_departments),
        "detail": words('departments', {"count": "departments"}),
        "reason": "'no department on file, or a figure is missing'",
    },
    "double_counting": {
        "applies": government ~ "'own' and region_code is not null",
        "holds": "case when departments_counted >= " ~ parameter('double_counting', 'departments')
            ~ " then departments__" ~ alone ~ " < " ~ parameter('double_counting', 'least')
            ~ " or " ~ alone ~ " < departments__" ~ alone ~ " end",
        "observed": words('in_own_report', {"count": alone}),
        "expected": words('less_than_departments', {"count": "departments__" ~ alone}),
        "detail": words('departments_with_figure', {"count": "departments_counted"}),
        "reason": "'too few departments with a figure'",
    },
    "one_consolidated_report": {
        "applies": "is_current and scope_counted = 'consolidated' and region_code is not null",
        "holds": "consolidated_bodies = 1",
        "observed": words('bodies', {"count": "consolidated_bodies"}),
        "expected": words('one_body'),
    },
} %}
with levels as (
    {{ region_levels() }}
),

reports as (
    select
        reports.report_key,
        reports.authority_key,
        reports.authority_zh,
        reports.report_year,
        reports.region_code,
        reports.scope_counted,
        reports.is_current,
        levels.region_level,
        levels.parent_code,
        {{ is_government('reports.authority_zh') }} as is_government,
        {{ columns | join(",\n        ") }}
    from {{ ref('int_reports') }} as reports
    left join {{ ref('int_body_figures') }} as figures on {{ is_body_year('reports', 'figures') }}
    left join levels on reports.region_code = levels.region_code
),

-- A body-year whose tables come from two reports has its figures once.
bodies as (
    select reports.* from reports
    where reports.report_key in ({{ counted_report_of_each_year('reports') }})
),

-- Of several bodies that report for a region, one counts: the government before its office.
governments as (
    select distinct on (region_code, report_year) * from bodies
    where is_government and scope_counted = 'consolidated' and parent_code is not null
    order by
        region_code asc,
        report_year asc,
        {{ alone }} is not null desc,
        authority_zh like '%人民政府' desc,
        authority_key asc
),

children as (
    select
        parent_code as region_code,
        report_year,
        {{ sums_as(columns, "children") }}
        count(*) as children
    from governments
    group by parent_code, report_year
),

below as (
    select
        region_code,
        report_year,
        count(distinct authority_key) filter (where scope_counted = 'consolidated')
            as consolidated_bodies,
        {{ sums_as(columns, "departments", "scope_counted = 'own' and not is_government") }}
        count({{ alone }}) filter (where scope_counted = 'own' and not is_government)
            as departments_counted,
        count(*) filter (where scope_counted = 'own' and not is_government) as departments
    from bodies
    where region_code is not null
    group by region_code, report_year
),

joined as (
    select
        reports.*,
        children.* exclude (children.region_code, children.report_year),
        below.* exclude (below.region_code, below.report_year),
        coverage.regions_below as children_expected
    from reports
    left join children on {{ is_region_year('reports', 'children') }}
    left join below on {{ is_region_year('reports', 'below') }}
    left join {{ ref('coverage_by_region') }} as coverage
        on {{ is_region_year('reports', 'coverage') }}
),

{{ judged_rules('hierarchy', conditions, 'joined') }}
