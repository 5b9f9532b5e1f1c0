{#-
    dbt's `persist_docs` in one statement and without asking for the relation's columns: a description
    of a column that is not there fails the build. A model that rows were added to has its
    descriptions already: other code builds everything anew.
-#}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- if not is_incremental() -%}
        {%- set comments = [] -%}
        {%- if for_relation and config.persist_relation_docs() and model.description -%}
            {%- do comments.append(alter_relation_comment(relation, model.description)) -%}
        {%- endif -%}
        {%- if for_columns and config.persist_column_docs() -%}
            {%- for name, column in model.columns.items() if column.description -%}
                {%- do comments.append(
                    "comment on column " ~ relation ~ "." ~ name ~ " is "
                    ~ duckdb_escape_comment(column.description) ~ ";"
                ) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- if comments -%}
            {%- do run_query(comments | join("\n")) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
