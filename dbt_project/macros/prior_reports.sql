{#- The cells of last year's report that identities of a table reach back to. -#}
{% macro prior_cells(table) -%}
    {%- set names = [] -%}
    {%- for identity in identities(table, within_report=false) -%}
        {%- for sum in identity.sums -%}
            {%- for weight, cell, year_offset in sum.terms if year_offset and cell not in names -%}
                {%- do names.append(cell) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{#- The columns of last year's reports, and the joins that bring them to this year's reports. -#}
{% macro prior_columns() -%}
    {%- for table in form_data().codes.table_id -%}
        {%- for cell in prior_cells(table) -%}
        ,
        prior_{{ table }}.prior__{{ cell }}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{% macro join_prior_reports() -%}
    {%- for table in form_data().codes.table_id if prior_cells(table) %}
    left join prior_{{ table }}
        on
            reports.authority_key = prior_{{ table }}.authority_key
            and reports.report_year = prior_{{ table }}.report_year
    {%- endfor %}
{%- endmacro %}
