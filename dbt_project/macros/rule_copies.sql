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
