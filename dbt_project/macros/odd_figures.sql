{#- A figure that is more than a factor from last year's, both being large enough. -#}
{% macro is_jump(column) -%}
    least({{ column }}, last__{{ column }}) >= {{ parameter('jump_ratio', 'least') }}
    and greatest({{ column }}, last__{{ column }})
    > {{ parameter('jump_ratio', 'ratio') }} * least({{ column }}, last__{{ column }})
{%- endmacro %}

{#- A figure far from its body's median, by deviations, by factor and by number. -#}
{% macro is_stray(column) -%}
    abs({{ column }} - middle__{{ column }}) >= {{ parameter('jump_history', 'least') }}
    and abs({{ column }} - middle__{{ column }})
    > {{ parameter('jump_history', 'deviations') }} * deviation__{{ column }}
    and greatest({{ column }}, middle__{{ column }})
    > {{ parameter('jump_history', 'ratio') }} * least({{ column }}, middle__{{ column }})
{%- endmacro %}

{#- The medians of a body's figures of which there are enough, and how far its figures stray. -#}
{% macro medians(columns) -%}
    {%- for column in columns %}
    case
        when count({{ column }}) >= {{ parameter('jump_history', 'years') }}
            then median({{ column }})
    end as middle__{{ column }},
    mad({{ column }}) as deviation__{{ column }}{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- A figure that is last year's in another unit; no unit makes one of zero or below. -#}
{% macro is_other_unit(column) -%}
    greatest({{ column }}, last__{{ column }}) >= {{ parameter('unit_jump', 'least') }}
    and abs(
        abs({{ power_of(column) }} - {{ power_of("last__" ~ column) }})
        - {{ parameter('unit_jump', 'power') }}
    ) <= {{ parameter('unit_jump', 'tolerance') }}
{%- endmacro %}

{#- The power of ten of a figure above zero. -#}
{% macro power_of(column) -%}
    log10(case when {{ column }} > 0 then {{ column }} end)
{%- endmacro %}

{#- Pairs of the condition under which a figure of a rule is odd, and of what to say of it. -#}
{% macro year_pairs(rule) -%}
    {%- set pairs = [] -%}
    {%- for column in columns_of_rule(rule) -%}
        {%- if rule == "jump_ratio" -%}
            {%- do pairs.append([is_jump(column), told_years(column)]) -%}
        {%- elif rule == "unit_jump" -%}
            {%- do pairs.append([is_other_unit(column), told_years(column)]) -%}
        {%- else -%}
            {%- do pairs.append([
                is_stray(column),
                words('beside_median', {
                    "cell": as_text(column), "count": column, "median": "middle__" ~ column
                }),
            ]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(pairs) }}
{%- endmacro %}

{#- A figure of last year and of this one, in words. -#}
{% macro told_years(column) -%}
    {{ words('from_to', {"cell": as_text(column), "before": "last__" ~ column, "now": column}) }}
{%- endmacro %}

{#-
    Whether no condition of some pairs is true, given that one of the figures is there, and what it
    is compared with, under a prefix, as well.
-#}
{% macro none_found(pairs, columns, prefix="last") -%}
    case
        {%- for pair in pairs %}
        when {{ pair[0] }} then false
        {%- endfor %}
        when coalesce(
            {%- for column in columns %}
            {{ column }} + {{ prefix }}__{{ column }}{{ "," if not loop.last }}
            {%- endfor %}
        ) is not null then true
    end
{%- endmacro %}
