{#- Cells as one list: what is said of all of them is said once, whatever their number. -#}
{% macro as_list(cells) -%}
    [
        {%- for cell in cells %}
        {{ cell }}{{ "," if not loop.last }}
        {%- endfor %}
    ]
{%- endmacro %}

{#-
    The cells of one row of a table in the order of `parts`; `unspecified` is the row's total where
    none of the parts is printed, so that a report of totals only keeps its figures.
-#}
{% macro row_cells(table, row, parts) -%}
    {%- set cells = [] -%}
    {%- set named = [] -%}
    {%- for part in parts -%}
        {%- if part == "unspecified" -%}
            {%- do cells.append(
                "case when coalesce(" ~ named | join(", ") ~ ") is null then "
                ~ table ~ "__" ~ row ~ "__total end"
            ) -%}
        {%- else -%}
            {%- do named.append(table ~ "__" ~ row ~ "__" ~ part) -%}
            {%- do cells.append(named[-1]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(cells) }}
{%- endmacro %}

{#- The sum of a table's rows over all columns as `row_cells` gives them, for conservation. -#}
{% macro sum_of_rows(table, rows, parts) -%}
    {%- set cells = [] -%}
    {%- for row in rows -%}
        {%- do cells.extend(row_cells(table, row, parts)) -%}
    {%- endfor -%}
    {%- for cell in cells %}
        {{ "+ " if not loop.first }}coalesce({{ cell }}, 0)
    {%- endfor %}
{%- endmacro %}

{#- The cells of a table over all form versions. -#}
{% macro table_cells(table) -%}
    {%- set cells = [] -%}
    {%- for cell in form_data().cells if cell.table == table -%}
        {%- do cells.append(cell) -%}
    {%- endfor -%}
    {{ return(cells) }}
{%- endmacro %}
