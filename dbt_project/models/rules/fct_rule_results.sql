-- Grain: one row per rule and subject that failed it or that it could not assess.
{%- set rules = rule_data().rules %}
with reports as (select * from {{ whole_ref('int_reports') }}),

authorities as (select * from {{ whole_ref('dim_authority') }}),

answers as (
    select decisions.*
    from {{ ref('int_decisions') }} as decisions
    where
        {{ is_on_rule('decisions') }}
        and decisions.is_standing
        and decisions.report_key is not null
),

listed as (
    {%- for group in rules | map(attribute="group") | unique %}
    select
        report_key,
        authority_key,
        report_year,
        unnest(exceptions) as found
    from {{ ref('rules_' ~ group) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

results as (
    select
        report_key,
        authority_key,
        report_year,
        struct_extract(found, 'rule_id') as rule_id,
        struct_extract(found, 'status') as status,
        struct_extract(found, 'observed') as observed,
        struct_extract(found, 'expected') as expected,
        struct_extract(found, 'detail') as detail
    from listed
)

select
    cast(results.rule_id as {{ code_type('rule') }}) as rule_id,
    results.report_key,
    results.authority_key,
    coalesce(reports.region_code, authorities.region_code) as region_code,
    results.report_year,
    cast(
        case results.rule_id
            {%- for rule in rules if rule.table %}
            when '{{ rule.id }}' then '{{ rule.table }}'
            {%- endfor %}
        end as {{ code_type('table_id') }}
    ) as table_id,
    cast(results.status as {{ code_type('rule_status') }}) as status,
    cast(
        case results.rule_id
            {%- for rule in rules %}
            when '{{ rule.id }}' then '{{ rule.severity }}'
            {%- endfor %}
        end as {{ code_type('rule_severity') }}
    ) as severity,
    results.observed,
    results.expected,
    results.detail,
    answers.decision_id,
    coalesce(reports.is_current, true) as is_current,
    results.status = 'fail'
    and answers.decision_id is null
    and (coalesce(reports.is_current, true) or results.rule_id = 'body_year_copies') as is_open
from results
left join reports on results.report_key = reports.report_key
left join authorities on results.authority_key = authorities.authority_key
-- A decision answers what the rule had found when it was made.
left join answers
    on
        results.report_key = answers.report_key
        and 'rule.' || results.rule_id = answers.rule
        and results.status = 'fail'
        and coalesce(results.observed, '') = answers.expected
