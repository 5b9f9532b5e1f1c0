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

{#- The key of the report in use from which a body-year's figures are counted, where it has several. -#}
{% macro counted_report_of_each_year(reports) -%}
    select arg_min(counted.report_key, (counted.scope_counted, counted.report_key))
    from {{ reports }} as counted
    where counted.is_current
    group by counted.authority_key, counted.report_year
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
