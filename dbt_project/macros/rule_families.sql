{#- The conditions of the rules that report a family of identities, from the residuals' columns. -#}
{% macro family_conditions(group) -%}
    {%- set conditions = {} -%}
    {%- for rule in rules_of(group) if rule.identities -%}
        {%- set known = identities(rule.table) -%}
        {%- set family = known | selectattr("rule", "equalto", rule.identities) | list -%}
        {%- set size = family_size(rule.table, family) -%}
        {%- set violated = count_of(family, "<> 0") -%}
        {%- set named = [] -%}
        {%- for identity in family -%}
            {%- do named.append(
                "case when " ~ identity.name ~ " <> 0 then '" ~ identity.id ~ " ' || "
                ~ "printf('%+d', " ~ identity.name ~ ") end"
            ) -%}
        {%- endfor -%}
        {%- do conditions.update({rule.id: {
            "applies": rule.table ~ "__form_version is not null and " ~ size ~ " > 0",
            "holds": "case when " ~ violated ~ " > 0 then false when "
                ~ count_of(family, "is not null") ~ " = " ~ size ~ " then true end",
            "observed": "concat_ws(', ', " ~ named | join(", ") ~ ")",
            "expected": words('each', {"residual": 0}),
        }}) -%}
    {%- endfor -%}
    {{ return(conditions) }}
{%- endmacro %}

{#- How many identities of a family the row's form version has. -#}
{% macro family_size(table, family) -%}
    case {{ table }}__form_version
        {%- for version in form_data().codes.form_version %}
        {%- set members = [] %}
        {%- for identity in family if version in identity.versions %}
        {%- do members.append(identity.id) %}
        {%- endfor %}
        when '{{ version }}' then {{ members | length }}
        {%- endfor %}
        else 0
    end
{%- endmacro %}
