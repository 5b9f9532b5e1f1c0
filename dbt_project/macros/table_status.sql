{#-
    For each report of a relation of residuals and each table: how many enforced identities there
    are, are assessed and fail.
-#}
{% macro count_identities(residuals) -%}
    {%- for table in form_data().codes.table_id %}
    {%- set enforced = identities(table, enforced=true) %}
    select
        report_key,
        '{{ table }}' as table_id,
        {{ table }}__form_version as form_version,
        {{ applicable_identities(table) }} as identities,
        {{ count_of(enforced, "is not null") }} as identities_assessed,
        {{ count_of(enforced, "<> 0") }} as identities_violated
    from {{ residuals }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- What the identities alone say of a table that `count_identities` counted. -#}
{% macro table_status(counted) -%}
    case
        when {{ counted }}.form_version is null then 'absent'
        when {{ counted }}.identities_violated > 0 then 'held'
        when {{ counted }}.identities > 0
            and {{ counted }}.identities_assessed = {{ counted }}.identities then 'passed'
        else 'not_assessed'
    end
{%- endmacro %}

{#- The type of a cell's column from staging on. -#}
{% macro cell_data_type(cell) -%}
    {{ {"integer": "bigint", "decimal": "decimal(24, 6)", "text": "varchar"}[cell.type] }}
{%- endmacro %}
