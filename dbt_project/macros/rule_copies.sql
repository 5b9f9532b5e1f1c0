{#- The columns of all cells that hold counts. -#}
{% macro count_cells() -%}
    {{ return(form_data().cells | selectattr("type", "equalto", "integer") | map(attribute="name") | list) }}
{%- endmacro %}

{#- How many counts above zero two rows share, and in how many they differ. -#}
{% macro equal_counts(first, second) -%}
    {%- for cell in count_cells() %}
        {{ "+ " if not loop.first }}coalesce(cast(
            {{ first }}.{{ cell }} = nullif({{ second }}.{{ cell }}, 0) as integer
        ), 0)
    {%- endfor %}
{%- endmacro %}

{% macro unequal_counts(first, second) -%}
    {%- for cell in count_cells() %}
        {{ "+ " if not loop.first }}coalesce(cast(
            {{ first }}.{{ cell }} <> {{ second }}.{{ cell }} as integer
        ), 0)
    {%- endfor %}
{%- endmacro %}

{#- How many counts both rows print. -#}
{% macro shared_counts(first, second) -%}
    {%- for cell in count_cells() %}
        {{ "+ " if not loop.first }}cast(
            {{ first }}.{{ cell }} + {{ second }}.{{ cell }} is not null as integer
        )
    {%- endfor %}
{%- endmacro %}

{#- How many cells of a table are above zero, and a hash of all of them in which a blank equals zero. -#}
{% macro cells_above_zero(table) -%}
    {%- for cell in table_cells(table) %}
        {{ "+ " if not loop.first }}coalesce(cast(reports.{{ cell.name }} > 0 as integer), 0)
    {%- endfor %}
{%- endmacro %}

{% macro cells_hash(table) -%}
    hash(
        {%- for cell in table_cells(table) %}
        coalesce(reports.{{ cell.name }}, 0){{ "," if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
