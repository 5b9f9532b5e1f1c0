-- Grain: one row per report: who reports on what year, when, and which parts it has.
{%- set year_end = "make_date(report_year, 12, 31)" %}
{%- set conditions = {
    "year_of_period": {
        "holds": "year(period_start) = report_year and year(period_end) = report_year",
        "observed": "period",
        "expected": "report_year",
        "reason": "'no period'",
    },
    "period_is_a_year": {
        "holds": "period_start = make_date(report_year, 1, 1) and period_end = " ~ year_end,
        "observed": "period",
        "expected": "report_year || '-01-01/' || report_year || '-12-31'",
        "reason": "'no period'",
    },
    "published_after_the_year": {
        "holds": "published_on > " ~ year_end,
        "observed": "published_on",
        "expected": words('after', {"day": year_end}),
        "reason": "'no date of publication'",
    },
    "captured_after_the_year": {
        "holds": "captured_on > " ~ year_end,
        "observed": "captured_on",
        "expected": words('after', {"day": year_end}),
        "reason": "'no time of capture'",
    },
    "published_on_time": {
        "holds": "published_on <= " ~ deadline_of('authority_class', 'report_year'),
        "observed": "published_on",
        "expected": words('by', {"day": deadline_of('authority_class', 'report_year')}),
        "detail": "authority_class",
        "reason": "'no date of publication, or the level of the government is not known'",
    },
    "year_uncontradicted": {
        "holds": "case when year_against is not null then false when tells_year then true end",
        "observed": "year_against", "reason": "'nothing tells it'",
    },
    "name_uncontradicted": {
        "holds": "case when name_against is not null then false when tells_name then true end",
        "observed": "name_against", "reason": "'nothing tells it'",
    },
    "name_known": {
        "holds": "nullif(trim(authority_normalised), '') is not null",
        "observed": "authority_printed",
    },
    "region_known": {"holds": "region_code is not null", "observed": words('none')},
    "scope_of_body": {
        "applies": "scope <> 'unknown'",
        "holds": "(authority_class is distinct from 'system')",
        "observed": "scope",
        "expected": "'own'",
    },
    "tables_present": {
        "applies": "report_year >= " ~ parameter('tables_present', 'first_year'),
        "holds": "printed_tables = " ~ form_data().codes.table_id | length,
        "observed": words('tables', {"count": "printed_tables"}),
        "expected": words('tables', {"count": form_data().codes.table_id | length}),
    },
    "form_version_in_force": {
        "applies": "applications__form_version is not null and form_version_in_force is not null",
        "holds": "applications__form_version = form_version_in_force",
        "observed": "applications__form_version",
        "expected": "form_version_in_force",
    },
} %}
with levels as (
    {{ region_levels() }}
),

years as (select * from {{ ref('dim_year') }}),

evidence as (
    select
        report_key,
        string_agg(explanations, ' ' order by report_field) filter (
            where report_field in ('year', 'period', 'published')
        ) as year_against,
        string_agg(explanations, ' ' order by report_field) filter (
            where report_field in ('authority', 'region_code', 'scope')
        ) as name_against
    from {{ ref('int_identity_conflicts') }}
    group by report_key
),

reports as (
    select
        reports.*,
        years.form_version_in_force,
        try_cast(split_part(reports.period, '/', 1) as date) as period_start,
        try_cast(split_part(reports.period, '/', 2) as date) as period_end,
        try_cast(reports.published as date) as published_on,
        cast(reports.captured_at at time zone 'Asia/Shanghai' as date) as captured_on,
        {{
            authority_class('reports.authority_zh', 'levels.region_level', 'reports.scope')
        }} as authority_class,
        list_count([
            {%- for table in form_data().codes.table_id %}
            reports.{{ table }}__form_version{{ "," if not loop.last }}
            {%- endfor %}
        ]) as printed_tables
    from {{ ref('stg_reports') }} as reports
    left join levels on reports.region_code = levels.region_code
    left join years on reports.report_year = years.report_year
    where not reports.is_leftover
),

joined as (
    select
        reports.*,
        evidence.* exclude (evidence.report_key),
        lineage.tells_year,
        lineage.tells_name
    from reports
    left join evidence on reports.report_key = evidence.report_key
    left join {{ ref('stg_report_lineage') }} as lineage
        on reports.report_key = lineage.report_key
),

{{ judged_rules('publication', conditions, 'joined') }}
