{#- Whether a decision answers the failure of a rule of the catalogue. -#}
{% macro is_on_rule(decisions) -%}
    {{ decisions }}.kind in ('accept_as_reported', 'cannot_tell')
    and {{ decisions }}.rule like 'rule.%'
{%- endmacro %}
