{#-
    The explanations of held tables, which the step `explain` writes between staging and facts:
    empty until it first ran. `fingerprint` is a hash of all that an explanation depends on.
-#}
{% macro create_explanations() -%}
    create schema if not exists quality;
    create table if not exists quality.explanations (
        report_key bigint not null,
        table_id varchar not null,
        fingerprint varchar not null,
        verdict varchar not null,
        explanations varchar not null,
        span varchar,
        explained_at timestamptz not null default now()
    );
{%- endmacro %}
