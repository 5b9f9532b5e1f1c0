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
        "expected": words('median_of_level', {"median": "median"}),
        "detail": words('governments', {"count": "peers"}),
        "reason": "'too few peers, or the figure is missing'",
    },
    "same_figures_two_bodies": {
        "applies": "cells_hash is not null",
        "holds": "case when above_zero >= " ~ parameter('same_figures_two_bodies', 'least')
            ~ " then bodies = 1 end",
        "observed": words('bodies', {"count": "bodies"}),
        "expected": words('one_body'),
        "detail": words('cells_above_zero', {"count": "above_zero"}),
        "reason": "'too few cells above 0'",
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
    from (
        select distinct
            authority_key,
            report_year,
            region_level,
            {{ received }}
        from reports
        where is_current and is_government and region_level is not null
    )
    group by region_level, report_year
),

printed as (select * from {{ ref('int_printed_figures') }}),

shared_figures as (
    select
        report_year,
        cells_hash,
        count(distinct authority_key) as bodies
    from printed
    group by report_year, cells_hash
),

joined as (
    select
        reports.*,
        peers.peers,
        peers.median,
        printed.above_zero,
        printed.cells_hash,
        shared_figures.bodies
    from reports
    left join peers
        on
            reports.region_level = peers.region_level
            and reports.report_year = peers.report_year
    left join printed on reports.report_key = printed.report_key
    left join shared_figures
        on
            printed.report_year = shared_figures.report_year
            and printed.cells_hash = shared_figures.cells_hash
),

{{ judged_rules('dataset', conditions, 'joined') }}
