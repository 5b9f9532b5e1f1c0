{#- How many cells of a table are printed, over all form versions. -#}
{% macro printed_cells(table) -%}
    {%- for cell in table_cells(table) %}
        {{ "+ " if not loop.first }}cast({{ cell.name }} is not null as integer)
    {%- endfor %}
{%- endmacro %}

{#- How many cells the row's form version of a table has. -#}
{% macro declared_cells(table) -%}
    case {{ table }}__form_version
        {%- for version in form_data().codes.form_version %}
        {%- set members = [] %}
        {%- for cell in table_cells(table) if version in cell.versions %}
        {%- do members.append(cell.name) %}
        {%- endfor %}
        when '{{ version }}' then {{ members | length }}
        {%- endfor %}
    end
{%- endmacro %}

{#- The first cells of the row's form version of a table that are not printed, by name. -#}
{% macro missing_cells(table) -%}
    array_to_string(
        list_filter(
            [
                {%- for cell in table_cells(table) %}
                case
                    when
                        {{ cell.name }} is null
                        and {{ table }}__form_version in ('{{ cell.versions | join("', '") }}')
                        then '{{ cell.row }}.{{ cell.column }}'
                end{{ "," if not loop.last }}
                {%- endfor %}
            ],
            lambda name: name is not null
        )[:5],
        ', '
    )
{%- endmacro %}

{#- The name of a cell's column: `table.row.column` with two underscores for each point. -#}
{% macro column_of(cell) -%}
    {{ cell | replace(".", "__") }}
{%- endmacro %}

{#- The column of table `applications` where a flow of one applicant type, or its total, stands. -#}
{% macro flow_cell(flow, column="total") -%}
    applications__{{ form_data().flows[flow] }}__{{ column }}
{%- endmacro %}

{#- The applicant types that the form prints, without `unspecified`. -#}
{% macro applicant_columns() -%}
    {{ return(form_data().codes.applicant_type | reject("equalto", "unspecified") | list) }}
{%- endmacro %}

{#- What came in of one column: newly received and carried in. -#}
{% macro came_in(column) -%}
    ({{ flow_cell('new_received', column) }} + {{ flow_cell('carried_in', column) }})
{%- endmacro %}

{#- All cells of one column of table `applications`, over all form versions. -#}
{% macro column_cells(column) -%}
    {%- set names = [] -%}
    {%- for cell in table_cells('applications') if cell.column == column -%}
        {%- do names.append(cell.name) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{#- All pairs of a list, as pairs. -#}
{% macro pairs_of(items) -%}
    {%- set pairs = [] -%}
    {%- for first in items -%}
        {%- for second in items[loop.index:] -%}
            {%- do pairs.append([first, second]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(pairs) }}
{%- endmacro %}

{#- The columns of the cells that the rules of a group name, each once. -#}
{% macro rule_columns(group) -%}
    {%- set names = [] -%}
    {%- for rule in rules_of(group) -%}
        {%- for cell in rule.parameters.get("cells", []) if column_of(cell) | trim not in names -%}
            {%- do names.append(column_of(cell) | trim) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{#- The columns of the cells that one rule names. -#}
{% macro columns_of_rule(rule) -%}
    {%- set names = [] -%}
    {%- for cell in parameter(rule, "cells") -%}
        {%- do names.append(column_of(cell) | trim) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
