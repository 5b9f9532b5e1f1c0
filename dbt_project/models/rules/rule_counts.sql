-- Grain: one row per rule and report year: how many subjects have which status.
{%- set rules = rule_data().rules %}
with counted as (
    {%- for group in rules | map(attribute="group") | unique %}
    {%- set names = rules_of(group) | map(attribute="id") | list %}
    select
        unnest([
            {%- for rule in names %}
            '{{ rule }}'{{ "," if not loop.last }}
            {%- endfor %}
        ]) as rule_id,
        report_year,
        {%- for status in rule_data().codes.rule_status %}
        unnest([
            {%- for rule in names %}
            count(*) filter (where {{ rule }} = '{{ status }}'){{ "," if not loop.last }}
            {%- endfor %}
        ]) as subjects_{{ status }},
        {%- endfor %}
        count(*) as subjects
    from {{ ref('rules_' ~ group) }}
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
