-- Grain: one row per body and report year that is expected of it.
{%- set conditions = {
    "still_publishing": {
        "applies": "was_on_file",
        "holds": "case coverage_status"
            " when 'vanished' then false when 'not_due' then null else true end",
        "observed": "'no report'",
        "expected": "'a report by ' || coalesce(cast(deadline as varchar), 'its deadline')",
        "detail": "'as of ' || as_of",
        "reason": "'not due as of ' || as_of",
    },
} %}
with coverage as (
    select * from {{ ref('coverage') }}
    where authority_key is not null
),

joined as (
    select
        coverage.*,
        last_year.report_key is not null as was_on_file
    from coverage
    left join coverage as last_year on {{ is_body_year('coverage', 'last_year', 1) }}
),

{{ judged_rules('coverage', conditions, 'joined') }}
