-- Grain: one row per body and report year that is expected of it.
{%- set conditions = {
    "still_publishing": {
        "applies": "was_on_file",
        "holds": "case coverage_status"
            " when 'vanished' then false when 'not_due' then null else true end",
        "observed": words('no_report'),
        "expected": words('report_by', {"day": "due_on"}),
        "reason": "'not due'",
    },
} %}
with as_of as (
    select {{ as_of(whole_ref('dim_report')) }} as as_of
),

joined as (
    select
        expected.*,
        {{ coverage_status() }} as coverage_status
    from {{ ref('fct_expected_reports') }} as expected
    cross join as_of
    where expected.authority_key is not null
),

{{ judged_rules('coverage', conditions, 'joined') }}
