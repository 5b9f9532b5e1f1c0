{#- The declared rules of a group, in order of the catalogue. -#}
{% macro rules_of(group) -%}
    {{ return(rule_data().rules | selectattr("group", "equalto", group) | list) }}
{%- endmacro %}

{#- A parameter of a rule, as the catalogue declares it. -#}
{% macro parameter(rule, name) -%}
    {%- for declared in rule_data().rules if declared.id == rule -%}
        {{ return(declared.parameters[name]) }}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error("no rule " ~ rule ~ " in contracts/rules") }}
{%- endmacro %}

{#-
    The truth of each rule of a group over the rows of a relation: whether it applies to the row,
    and whether it holds, null where a term is missing. `conditions` gives for each rule `applies`
    (to every row, if it is not given), `holds`, and for `rule_results` `observed`, `expected`,
    `detail` and, of what was not assessed, `reason`. A rule that is declared and not evaluated, or
    evaluated and not declared, is an error.
-#}
{% macro rule_truths(group, conditions) -%}
    {%- set declared = rules_of(group) | map(attribute="id") | sort -%}
    {%- if declared != conditions | sort -%}
        {{ exceptions.raise_compiler_error(
            "rules_" ~ group ~ " evaluates " ~ conditions | sort
            ~ ", contracts/rules declares " ~ declared
        ) }}
    {%- endif -%}
    {%- for rule, condition in conditions.items() %}
        coalesce({{ condition.applies or "true" }}, false) as {{ rule }}__applies,
        {{ condition.holds }} as {{ rule }}__holds{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#-
    Status, observed, expected and detail of each rule; the last three only where there is something
    to say.
-#}
{% macro rule_results(group, conditions) -%}
    {%- for rule in rules_of(group) %}
    {%- set condition = conditions[rule.id] %}
    {%- set failed = rule.id ~ "__applies and not " ~ rule.id ~ "__holds" %}
    {%- set open = rule.id ~ "__applies and " ~ rule.id ~ "__holds is null" %}
    cast(
        case
            when not {{ rule.id }}__applies then 'not_applicable'
            when {{ rule.id }}__holds then 'pass'
            when not {{ rule.id }}__holds then 'fail'
            else 'not_assessed'
        end as {{ code_type('rule_status') }}
    ) as {{ rule.id }},
    {%- for part in ("observed", "expected") %}
    {%- if condition[part] %}
    case when {{ failed }} then cast({{ condition[part] }} as varchar) end
    {%- else %}
    cast(null as varchar)
    {%- endif %} as {{ rule.id }}__{{ part }},
    {%- endfor %}
    case
        when {{ failed }} then {{ condition.detail or "null" }}
        when {{ open }} then {{ condition.reason or "'a term is missing'" }}
    end as {{ rule.id }}__detail{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- The end of a model of rules: their truths over the rows of a relation, then their results. -#}
{% macro judged_rules(group, conditions, relation) -%}
judged as (
    select
        *,
        {{- rule_truths(group, conditions) }}
    from {{ relation }}
)

select
    report_key,
    authority_key,
    report_year,
    {{- rule_results(group, conditions) }}
from judged
{%- endmacro %}
