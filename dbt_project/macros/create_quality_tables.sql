{#- What other parts of the pipeline write and models read; empty until they do. -#}
{% macro create_quality_tables() -%}
    create schema if not exists quality;
    create table if not exists quality.finding_explanations (
        report_key bigint not null,
        table_id varchar not null,
        verdict varchar not null,
        explanations varchar not null
    );
{%- endmacro %}
