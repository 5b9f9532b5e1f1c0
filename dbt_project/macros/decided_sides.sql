{#-
    Where a fact takes the figures of a table from: `printed` for the reports without a correction,
    as reported; and for the few that have one, `decided` and `reported`. Only those are looked at
    twice. The facts materialize the cells that they list of a side: one thread reads the wide table
    as far as a row group, all of them what is materialized.
-#}
{% macro decided_sides() -%}
    {{ return([
        {"name": "printed", "relation": ref("stg_reports"), "is_corrected": "false"},
        {"name": "decided", "relation": ref("int_corrected_reports"), "is_corrected": "true"},
        {"name": "reported", "relation": ref("stg_reports"), "is_corrected": "true"},
    ]) }}
{%- endmacro %}

{#- The tables that count in a fact, and the places of their figures that corrections bear on. -#}
{% macro counted_tables(table) -%}
    report_tables as (
        select * from {{ ref('int_report_tables') }}
        where table_id = '{{ table }}' and is_counted
    ),

    places as (
        select * from {{ ref('int_correction_places') }}
        where table_id = '{{ table }}'
    )
{%- endmacro %}
