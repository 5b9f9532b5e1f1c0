{#-
    Where a run that is not whole finds the rows it touched, without a search of everything for each model and test.

    - An incremental model's were added to its end, after all rows that were kept: they begin no earlier than at the
      row whose number is the count of those, which the macro `touched.first_row_of_MODEL` gives.
    - Those of a model that was rebuilt before all that is touched was known are copied to `touched.rows_of_MODEL`.
    - A view's are what the view says of the touched rows that it reads.
-#}

{#- Whether a model's touched rows are at its end when another reads them. -#}
{% macro ends_with_touched(node) -%}
    {{ return(node.config.materialized == 'incremental' and not node.config.meta.get('rebuilt_by')) }}
{%- endmacro %}

{#- A query of the rows of a model that are of touched units, of its own or of another kind. -#}
{% macro touched_rows_of(node, unit) -%}
    {%- set touched = target.database ~ ".touched." -%}
    {%- set rows = "from " ~ node.relation_name ~ " where " -%}
    {%- if unit != node.config.meta.unit -%}
        {{ return(rows ~ has_touched(unit)) }}
    {%- elif node.config.materialized == 'view' -%}
        {{ return(render(node.raw_code)) }}
    {%- elif ends_with_touched(node) -%}
        {%- set last = rows ~ "rowid >= " ~ touched ~ "first_row_of_" ~ node.name ~ "() and " -%}
        {%- set keyless = " or " ~ unit_columns()[unit] ~ " is null" if node.config.meta.keyless else "" -%}
        {{ return(last ~ "(" ~ has_touched(unit) ~ keyless ~ ")") }}
    {%- elif node.unique_id not in selected_resources -%}
        {{ return("from " ~ touched ~ "rows_of_" ~ node.name) }}
    {%- endif -%}
    {{ return(rows ~ has_touched(unit)) }}
{%- endmacro %}

{#-
    dbt's `ref`; in a run that is not whole the rows of the units that the run touched. A model of
    regions takes all bodies of its regions.
-#}
{% macro ref(name) -%}
    {%- if not looks_at_touched() -%}
        {{ return(builtins.ref(name)) }}
    {%- endif -%}
    {%- set node = graph.nodes.get('model.gongkai.' ~ name) or graph.nodes['seed.gongkai.' ~ name] -%}
    {%- set unit = node.config.meta.get('unit') -%}
    {%- if unit == 'bodies' and model.config.meta.get('unit') == 'regions' -%}
        {%- set unit = 'regions' -%}
    {%- endif -%}
    {{ return("(" ~ touched_rows_of(node, unit) ~ ")" if unit else node.relation_name) }}
{%- endmacro %}

{#- dbt's `source`; in a view of which the touched rows are wanted, the touched rows of the table. -#}
{% macro source(schema, table) -%}
    {%- set id = 'source.gongkai.' ~ schema ~ '.' ~ table -%}
    {%- if not looks_at_touched() or id in model.depends_on.nodes -%}
        {{ return(builtins.source(schema, table)) }}
    {%- endif -%}
    {%- set unit = 'documents' if table.endswith('documents') else 'reports' -%}
    {{ return("(from " ~ graph.sources[id].relation_name ~ " where " ~ has_touched(unit) ~ ")") }}
{%- endmacro %}

{#- Before a run that is not whole builds a layer: what its incremental models will add anew goes. -#}
{% macro forget_touched() -%}
    {%- if execute and var('only_touched', false) -%}
        {%- set nodes = [] -%}
        {%- for id in selected_resources if id in graph.nodes -%}
            {%- if graph.nodes[id].config.materialized == 'incremental' -%}
                {%- do nodes.append(graph.nodes[id]) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for database, in_it in nodes | groupby('database') -%}
            {%- set deletes = [] -%}
            {%- for node in in_it -%}
                {%- do deletes.append("delete from " ~ node.relation_name ~ " where " ~ is_rebuilt(node)) -%}
            {%- endfor -%}
            {%- do run_query("begin; " ~ deletes | join("; ") ~ "; commit") -%}
        {%- endfor -%}
        {%- for node in nodes if ends_with_touched(node) -%}
            {%- set kept = run_query("select count(*) from " ~ node.relation_name).columns[0][0] %}
    create or replace macro {{ target.database }}.touched.first_row_of_{{ node.name }}() as {{ kept }}::bigint;
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
