{#-
    The residual of an identity over a wide row: the weighted sum of its terms in the row's form
    version, null if a term is missing or the version has no such identity. Cells of last year's
    report are columns with `prior__` before their name.
-#}
{% macro identity_residual(identity) -%}
    case
        {%- for sum in identity.sums %}
        when {{ identity.table }}__form_version in ('{{ sum.versions | join("', '") }}')
            then
            {%- for weight, cell, year_offset in sum.terms %}
                {{ "+" if weight > 0 else "-" }} {{ "prior__" if year_offset else "" }}{{ cell }}
            {%- endfor %}
        {%- endfor %}
    end
{%- endmacro %}

{#- The residuals of a list of identities as columns. -#}
{% macro residual_columns(identities) -%}
    {%- for identity in identities %}
    {{ identity_residual(identity) }} as {{ identity.name }}{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- The identities of a table (of any if none is named), filtered by their flags. -#}
{% macro identities(table=none, enforced=none, within_report=none) -%}
    {%- set chosen = [] -%}
    {%- for identity in form_data().identities
        if (table is none or identity.table == table)
        and (enforced is none or identity.enforced == enforced)
        and (within_report is none or identity.within_report == within_report) -%}
        {%- do chosen.append(identity) -%}
    {%- endfor -%}
    {{ return(chosen) }}
{%- endmacro %}

{#- How many enforced identities a table has in the row's form version. -#}
{% macro applicable_identities(table) -%}
    case {{ table }}__form_version
        {%- for version in form_data().codes.form_version %}
        {%- set applicable = [] %}
        {%- for identity in identities(table, enforced=true) if version in identity.versions %}
        {%- do applicable.append(identity.id) %}
        {%- endfor %}
        when '{{ version }}' then {{ applicable | length }}
        {%- endfor %}
        else 0
    end
{%- endmacro %}

{#- How many residuals of a list of identities satisfy a condition; a null residual does not. -#}
{% macro count_of(identities, condition) -%}
    {%- for identity in identities %}
        {{ "+ " if not loop.first }}coalesce(
            cast({{ identity.name }} {{ condition }} as integer), 0
        )
    {%- else %}0{%- endfor -%}
{%- endmacro %}

{#- The identities by table and form version, where a version has any. -#}
{% macro identity_groups() -%}
    {%- set groups = [] -%}
    {%- for table in form_data().codes.table_id -%}
        {%- for version in form_data().codes.form_version -%}
            {%- set members = [] -%}
            {%- for identity in identities(table) if version in identity.versions -%}
                {%- do members.append(identity) -%}
            {%- endfor -%}
            {%- if members -%}
                {%- do groups.append(
                    {"table": table, "version": version, "identities": members}
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(groups) }}
{%- endmacro %}

{#- The residuals of the enforced identities of a relation's reports, a row each, by table. -#}
{% macro enforced_residuals(relation) -%}
    {%- for table in form_data().codes.table_id if identities(table, enforced=true) %}
    {%- set enforced = identities(table, enforced=true) %}
    select
        report_key,
        '{{ table }}' as table_id,
        unnest(range({{ enforced | length }})) as sort_order,
        unnest(['{{ enforced | map(attribute="id") | join("', '") }}']) as identity,
        unnest([{{ enforced | map(attribute="name") | join(", ") }}]) as residual
    from {{ relation }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
{%- endmacro %}
