-- Grain: one row per report: a report in use against those of its body's other years.
{%- set zero = columns_of_rule('applications_all_zero') %}
{%- set compared = columns_of_rule('jump_ratio') + columns_of_rule('unit_jump') %}
{%- set jumps, units = year_pairs('jump_ratio'), year_pairs('unit_jump') %}
{%- set strays = year_pairs('jump_history') %}
{%- set conditions = {
    "jump_ratio": {
        "applies": "is_current",
        "holds": "case when not has_moved then "
            ~ none_found(jumps, columns_of_rule('jump_ratio')) ~ " end",
        "observed": told(jumps),
        "reason": "'no figure of last year, or the region was merged or split'",
    },
    "jump_history": {
        "applies": "is_current",
        "holds": none_found(strays, columns_of_rule('jump_history'), "middle"),
        "observed": told(strays),
        "reason": "'no figure with enough years on file'",
    },
    "unit_jump": {
        "applies": "is_current",
        "holds": none_found(units, columns_of_rule('unit_jump')),
        "observed": told(units),
        "reason": "'no figure of last year'",
    },
    "applications_all_zero": {
        "applies": "is_current and has_applications",
        "holds": "case when greatest(" ~ zero | join(", ") ~ ") > 0 then true when " ~ zero | join(" + ")
            ~ " is not null then evidence = 0 end",
        "observed": words('all_zero'),
        "detail": words('elsewhere', {"count": "evidence"}),
        "reason": "'no other evidence, or a flow is missing'",
    },
    "carry_after_merger": {
        "applies": "merged_types > 0",
        "holds": "case when merged_gaps > 0 then false"
            " when merged_assessed = merged_types then true end",
        "observed": words('applicant_types_differ', {"count": "merged_gaps"}),
        "expected": words('differ', {"count": 0}),
        "reason": "'a report of a predecessor is missing'",
    },
} %}
with figures as (select * from {{ ref('int_body_figures') }}),

reports as (select * from {{ ref('int_reports') }}),

histories as (
    select
        authority_key,
        {{- medians(columns_of_rule('jump_history')) }}
    from figures
    group by authority_key
),

-- Figures above zero that the prose states of the applications; a share is none.
told as (
    select
        report_key,
        max(value) as stated
    from {{ ref('stg_claims') }}
    where not is_leftover and base is null and contains(terms, '"applications.')
    group by report_key
),

successions as (select * from {{ ref('int_successions') }}),

merged as (
    select
        authority_key,
        report_year,
        count(*) as merged_types,
        count(*) filter (where carry_state <> 'not_assessed') as merged_assessed,
        count(*) filter (where carry_state in ('gap', 'restated')) as merged_gaps
    from {{ ref('carry_chain') }}
    where is_merged
    group by authority_key, report_year
),

joined as (
    select
        figures.* exclude (figures.authority_key, figures.report_year),
        histories.* exclude (histories.authority_key),
        merged.* exclude (merged.authority_key, merged.report_year),
        reports.report_key,
        reports.authority_key,
        reports.report_year,
        reports.is_current,
        {{- columns_as('last_year', 'last', compared | unique | list) }},
        coalesce(successions.is_merged or successions.is_split, false) as has_moved,
        {{- all_zero_evidence() }} as evidence
    from reports
    left join figures on {{ is_body_year('reports', 'figures') }}
    left join figures as last_year on {{ is_body_year('reports', 'last_year', 1) }}
    left join figures as next_year on {{ is_body_year('reports', 'next_year', -1) }}
    left join histories on reports.authority_key = histories.authority_key
    left join told on reports.report_key = told.report_key
    left join merged on {{ is_body_year('reports', 'merged') }}
    left join successions on {{ is_body_year('reports', 'successions') }}
),

{{ judged_rules('history', conditions, 'joined') }}
