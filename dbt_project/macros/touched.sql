{#-
    What a run that is not whole rebuilds: the rows of the units it touched. The schema `touched`
    lists them (`pipelines.changes`); a model's `meta.unit` names the list that its rows belong to.
-#}
{% macro unit_columns() -%}
    {{ return({
        "changed_documents": "document_key",
        "documents": "document_key",
        "bodies": "authority_key",
        "reports": "report_key",
        "regions": "region_code",
    }) }}
{%- endmacro %}

{#- Whether a row is of a unit that the run touched: a macro of the schema `touched`. -#}
{% macro has_touched(unit) -%}
    {{ target.database }}.touched.has_{{ unit }}({{ unit_columns()[unit] }})
{%- endmacro %}

{#- A condition that keeps only what the run touched; true in a whole run. For what is no `ref`. -#}
{% macro is_touched(unit) -%}
    {%- if var('only_touched', false) -%}
        {{ has_touched(unit) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{#- Whether the node that is being built looks at the rows touched only: an incremental model or a test of one. -#}
{% macro looks_at_touched() -%}
    {{ return(
        execute
        and var('only_touched', false)
        and (model.resource_type == 'test' or model.config.materialized == 'incremental')
    ) }}
{%- endmacro %}

{#- dbt's `ref`: all rows, whatever the run touched; for what a row takes from others than its own unit. -#}
{% macro whole_ref(name) -%}
    {{ return(builtins.ref(name)) }}
{%- endmacro %}

{#-
    A condition that is true for the rows of a model, this one if none is named, that a run rebuilds: those of its unit,
    and with `meta.rule_column`, which names rules, also those of the rules of the groups built whole and of the
    decisions that these may make expire. Rows without a key (`meta.keyless`) are always rebuilt.
-#}
{% macro is_rebuilt(node=none) -%}
    {%- set meta = (node or model).config.meta -%}
    {%- set unit = meta.get('rebuilt_by', meta.unit) -%}
    {%- if not execute or not var('only_touched', false) -%}
        true
    {%- else -%}
        ({{ has_touched(unit) }}
        {%- if meta.keyless %}
        or {{ unit_columns()[unit] }} is null
        {%- endif %}
        {%- if meta.rule_column %}
        or {{ meta.rule_column }} in ('{{ rules_built_whole() | join("', '") }}')
        or cast({{ meta.rule_column }} as varchar) like 'decision.%'
        {%- endif %})
    {%- endif -%}
{%- endmacro %}

{#- The rules whose group is no incremental model: their results can change with the reports of any body. -#}
{% macro rules_built_whole() -%}
    {%- set names = [] -%}
    {%- for rule in rule_data().rules -%}
        {%- if graph.nodes['model.gongkai.rules_' ~ rule.group].config.materialized != 'incremental' -%}
            {%- do names.append(rule.id) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{#- Before a whole run adds rows to a model that is there already, all go; another run forgets what it touched. -#}
{% macro forget_all() -%}
    {%- if execute and is_incremental() and not var('only_touched', false) -%}
        delete from {{ this }}
    {%- endif -%}
{%- endmacro %}
