{#- What a claim's figure counts: percent where it says so, or where its kind is declared so. -#}
{% macro claim_unit(claims, claim_kinds) -%}
    case
        when {{ claims }}.base is not null or {{ claims }}.decimals > 0 then 'percent'
        else coalesce({{ claim_kinds }}.unit, 'count')
    end
{%- endmacro %}
