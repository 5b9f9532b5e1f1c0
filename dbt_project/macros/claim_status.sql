{#- The status of a claim: a claim with a missing term is read, not assessed. -#}
{% macro claim_status(agrees) -%}
    case {{ agrees }} when true then 'agree' when false then 'conflict' else 'not_assessed' end
{%- endmacro %}
