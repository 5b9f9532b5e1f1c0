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

{#- The name of a cell's column: `table.row.column` with two underscores for each point. -#}
{% macro column_of(cell) -%}
    {{ cell | replace(".", "__") }}
{%- endmacro %}

{#- The column of table `applications` in which a flow of one applicant type, or its total, stands. -#}
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

{#-
    Whether natural numbers in the places of the missing terms can bring an identity's sum to zero:
    what the printed terms leave must have the sign that some missing term can offset.
-#}
{% macro is_possible(identity) -%}
    case
        {%- for sum in identity.sums %}
        {%- set known = [] %}
        {%- set missing = {1: ["false"], -1: ["false"]} %}
        {%- for weight, cell, year_offset in sum.terms %}
        {%- do known.append(("+" if weight > 0 else "-") ~ " coalesce(" ~ cell ~ ", 0)") %}
        {%- do missing[weight].append(cell ~ " is null") %}
        {%- endfor %}
        when {{ identity.table }}__form_version in ('{{ sum.versions | join("', '") }}')
            then case sign({{ known | join(" ") }})
                when 1 then {{ missing[-1] | join(" or ") }}
                when -1 then {{ missing[1] | join(" or ") }}
                else true
            end
        {%- endfor %}
        else true
    end
{%- endmacro %}

{#- How many of some conditions are true; a null one is not. -#}
{% macro count_true(conditions) -%}
    {%- for condition in conditions %}
        {{ "+ " if not loop.first }}coalesce(cast({{ condition }} as integer), 0)
    {%- endfor %}
{%- endmacro %}

{#- Two columns of table `applications` that agree in every row, at least `rows` of them above zero. -#}
{% macro are_copies(first, second, rows) -%}
    [{{ column_cells(first) | join(", ") }}] = [{{ column_cells(second) | join(", ") }}]
    and len(list_filter([{{ column_cells(first) | join(", ") }}], lambda x: x > 0)) >= {{ rows }}
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

{#-
    Whether none of some conditions is true, given that all are assessed: false where one is true,
    null where none is and one is null.
-#}
{% macro none_of(conditions) -%}
    not ({{ conditions | join(" or ") }})
{%- endmacro %}

{#- What a rule says of the places where a condition is true, as one text. -#}
{% macro told(pairs) -%}
    concat_ws(', '
    {%- for condition, text in pairs %},
        case when {{ condition }} then {{ text }} end
    {%- endfor %})
{%- endmacro %}
