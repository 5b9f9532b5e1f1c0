{#- The columns of all cells that hold counts. -#}
{% macro count_cells() -%}
    {%- set counts = form_data().cells | selectattr("type", "equalto", "integer") -%}
    {{ return(counts | map(attribute="name") | list) }}
{%- endmacro %}

{#- In how many of two rows' counts a condition is true of the first's, `x[1]`, and the other's. -#}
{% macro count_pairs(first, second, condition) -%}
    len(list_filter(
        list_zip({{ first }}.counts, {{ second }}.counts), lambda x: {{ condition }}
    ))
{%- endmacro %}

{#-
    The counts, as a list, of the reports that stand in pairs only: most reports stand in none.
    `pairs` gives for each relation of pairs the column of the second key beside `report_key`.
-#}
{% macro counts_of_pairs(pairs) -%}
    select
        report_key,
        {{ as_list(count_cells()) }} as counts
    from {{ ref('stg_reports') }}
    where report_key in (
        {%- for relation, other in pairs.items() %}
        select unnest([{{ relation }}.report_key, {{ relation }}.{{ other }}]) from {{ relation }}
        {{ "union all" if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
