-- Grain: one row per report: a report against all others of its kind and year.
{%- set received = flow_cell('new_received') %}
{%- set conditions = {
    "implausible_zero": {
        "applies": "is_current and is_government and has_applications",
        "holds": "case when " ~ received ~ " > 0 then true when " ~ received
            ~ " = 0 and region_level is not null and peers >= "
            ~ parameter('implausible_zero', 'peers')
            ~ " then median < " ~ parameter('implausible_zero', 'median') ~ " end",
        "observed": received,
        "expected": "'median of the level is ' || median",
        "detail": "peers || ' governments'",
        "reason": "'too few peers, or the figure is missing'",
    },
} %}
with levels as (
    {{ region_levels() }}
),

reports as (
    select
        reports.report_key,
        reports.authority_key,
        reports.report_year,
        reports.is_current,
        levels.region_level,
        {{ is_government('reports.authority_zh') }} as is_government,
        figures.has_applications,
        figures.{{ received }}
    from {{ ref('int_reports') }} as reports
    left join {{ ref('int_body_figures') }} as figures on {{ is_body_year('reports', 'figures') }}
    left join levels on reports.region_code = levels.region_code
),

peers as (
    select
        region_level,
        report_year,
        count({{ received }}) as peers,
        median({{ received }}) as median
    from reports
    where is_current and is_government and region_level is not null
    group by region_level, report_year
),

joined as (
    select
        reports.*,
        peers.peers,
        peers.median
    from reports
    left join peers
        on
            reports.region_level = peers.region_level
            and reports.report_year = peers.report_year
),

{{ judged_rules('dataset', conditions, 'joined') }}
