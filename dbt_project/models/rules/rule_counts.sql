-- Grain: one row per rule and report year: how many subjects have which status.
{%- set rules = rule_data().rules %}
with counted as (
    {%- for rule in rules %}
    select
        '{{ rule.id }}' as rule_id,
        report_year,
        {%- for status in rule_data().codes.rule_status %}
        count(*) filter (where {{ rule.id }} = '{{ status }}') as subjects_{{ status }},
        {%- endfor %}
        count(*) as subjects
    from {{ ref('rules_' ~ rule.group) }}
    group by report_year
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    cast(rule_id as {{ code_type('rule') }}) as rule_id,
    report_year,
    {%- for status in rule_data().codes.rule_status %}
    subjects_{{ status }},
    {%- endfor %}
    subjects
from counted
