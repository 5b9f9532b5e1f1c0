-- Grain: one row per rule and subject that failed it or that it could not assess.
{%- set rules = rule_data().rules %}
{#- Few rows of a part are found once for all rules of a group; a whole group is not copied. -#}
{%- set kept = "materialized" if looks_at_touched() else "not materialized" %}
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

{% for group in rules | map(attribute="group") | unique %}
{{ group }} as {{ kept }} (select * from {{ ref('rules_' ~ group) }}),
{% endfor %}
results as (
    {%- for rule in rules %}
    select
        report_key,
        authority_key,
        report_year,
        '{{ rule.id }}' as rule_id,
        {{ rule.id }} as status,
        {{ rule.id }}__observed as observed,
        {{ rule.id }}__expected as expected,
        {{ rule.id }}__detail as detail
    from {{ rule.group }}
    where {{ rule.id }} in ('fail', 'not_assessed')
    {{ "union all" if not loop.last }}
    {%- endfor %}
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
    results.status,
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
