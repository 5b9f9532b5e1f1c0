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
    (to every row, if it is not given), `holds`, and for `rule_exceptions` `observed`, `expected`,
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

{#- The status of each rule. -#}
{% macro rule_statuses(group) -%}
    {%- for rule in rules_of(group) | map(attribute="id") %}
    cast(
        case
            when not {{ rule }}__applies then 'not_applicable'
            when {{ rule }}__holds then 'pass'
            when not {{ rule }}__holds then 'fail'
            else 'not_assessed'
        end as {{ code_type('rule_status') }}
    ) as {{ rule }},
    {%- endfor %}
{%- endmacro %}

{#-
    What failed or was not assessed, as a list; null where there is nothing of it. Columns of their
    own, nearly all of them empty, would be most of what a model of rules writes.
-#}
{% macro rule_exceptions(group, conditions) -%}
    {%- set raised, entries = [], [] %}
    {%- for rule in rules_of(group) | map(attribute="id") %}
    {%- do raised.append("(" ~ rule ~ "__applies and " ~ rule ~ "__holds is not true)") %}
    {%- do entries.append(rule_exception(rule, conditions[rule])) %}
    {%- endfor %}
    case
        when {{ raised | join(" or ") }}
            then list_filter([{{ entries | join(", ") }}], lambda x: x is not null)
    end as exceptions
{%- endmacro %}

{#- One entry of the list, null where the rule holds or does not apply. -#}
{% macro rule_exception(rule, condition) -%}
    case when {{ rule }}__applies and {{ rule }}__holds is not true then {
        'rule_id': '{{ rule }}',
        'status': case when {{ rule }}__holds is null then 'not_assessed' else 'fail' end,
        {%- for part in ("observed", "expected") %}
        {%- if condition[part] %}
        '{{ part }}': case when not {{ rule }}__holds then cast({{ condition[part] }} as varchar) end,
        {%- else %}
        '{{ part }}': cast(null as varchar),
        {%- endif %}
        {%- endfor %}
        'detail': cast(
            case
                when not {{ rule }}__holds then {{ condition.detail or "null" }}
                else {{ condition.reason or "'a term is missing'" }}
            end as varchar
        )
    } end
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
    {{- rule_statuses(group) }}
    {{- rule_exceptions(group, conditions) }}
from judged
{%- endmacro %}
