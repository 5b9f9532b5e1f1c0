{#- A rate that is null where its denominator is too small to say anything. -#}
{% macro guarded_rate(numerator, denominator, is_small) -%}
    case
        when not {{ is_small }}
            then cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
    end
{%- endmacro %}
