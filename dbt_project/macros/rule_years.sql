{#- Whether a row is of the same body and year as another's, or as many years later. -#}
{% macro is_body_year(relation, other, years=0) -%}
    {{ relation }}.authority_key = {{ other }}.authority_key
    and {{ relation }}.report_year = {{ other }}.report_year{{ " + " ~ years if years }}
{%- endmacro %}

{#- Whether a row is on the same region and year as another's. -#}
{% macro is_region_year(relation, other) -%}
    {{ relation }}.region_code = {{ other }}.region_code
    and {{ relation }}.report_year = {{ other }}.report_year
{%- endmacro %}

{#- The sums of columns under a prefix, over the rows of which a condition is true. -#}
{% macro sums_as(columns, prefix, condition="true") -%}
    {%- for column in columns %}
    sum({{ column }}) filter (where {{ condition }}) as {{ prefix }}__{{ column }},
    {%- endfor %}
{%- endmacro %}

{#- The columns that the rules over a body's years look at, each once. -#}
{% macro columns_of_years() -%}
    {%- set names = [] -%}
    {%- for group in ("history", "continuity", "hierarchy", "dataset") -%}
        {%- for column in rule_columns(group) if column not in names -%}
            {%- do names.append(column) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{#- Columns of another year's row under a prefix. -#}
{% macro columns_as(relation, prefix, columns) -%}
    {%- for column in columns %}
    {{ relation }}.{{ column }} as {{ prefix }}__{{ column }}{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}

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
                "'" ~ column ~ " ' || " ~ column ~ " || ', median ' || middle__" ~ column,
            ]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(pairs) }}
{%- endmacro %}

{% macro told_years(column) -%}
    '{{ column }} ' || last__{{ column }} || ' to ' || {{ column }}
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

{#-
    What speaks against an applications table of zeros: what a neighbouring year received, if it is
    much, what the prose states, and the cases of the year. Zero if all that is at hand is zero,
    null if nothing is.
-#}
{% macro all_zero_evidence() -%}
    {%- set received = flow_cell('new_received') %}
    greatest(
        {%- for year in ("last_year", "next_year") %}
        case
            when {{ year }}.{{ received }} >= {{ parameter('applications_all_zero', 'least') }}
                then {{ year }}.{{ received }}
            when {{ year }}.{{ received }} is not null then 0
        end,
        {%- endfor %}
        told.stated,
        {%- for cell in columns_of_rule('cases_plausible')
            if cell.startswith("reviews_and_lawsuits__") %}
        figures.{{ cell }}{{ "," if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
