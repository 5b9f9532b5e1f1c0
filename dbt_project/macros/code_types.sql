{#-
    The ENUM types of the mart's codes: they read as text and take one byte each. The types live in
    the warehouse; a table of the mart holds its own copy of the members.
-#}
{% macro code_lists() -%}
    {%- set lists = dict(form_data().codes) -%}
    {%- do lists.update(rule_data().codes) -%}
    {%- do lists.update({
        "check_status": ["pass", "fail", "not_assessed"],
        "table_status": ["passed", "accepted", "not_assessed", "held", "absent", "rejected"],
        "claim_status": ["agree", "conflict", "not_assessed"],
        "carry_state": ["ok", "gap", "restated", "merged", "not_assessed"],
    }) -%}
    {{ return(lists) }}
{%- endmacro %}

{#- The name of the ENUM type of a list of codes. -#}
{% macro code_type(name) -%}
    form.{{ name }}_code
{%- endmacro %}

{#- A list of codes, one for each row that `unnest` makes. -#}
{% macro code_array(name, codes) -%}
    cast(['{{ codes | join("', '") }}'] as {{ code_type(name) }}[])
{%- endmacro %}

{% macro create_code_types() -%}
    create schema if not exists form;
    {%- for name, codes in code_lists().items() %}
    create or replace type {{ code_type(name) }} as enum ('{{ codes | join("', '") }}');
    {%- endfor %}
{%- endmacro %}

{#- A list of codes for `times` rows of an unpivot in which the codes change from cell to cell. -#}
{% macro inner_codes(name, times) -%}
    {{ code_array(name, (code_lists()[name]) * times) }}
{%- endmacro %}

{#- A list of codes for an unpivot in which each code stays for `cells` cells. -#}
{% macro outer_codes(name, cells) -%}
    {%- set repeated = [] -%}
    {%- for code in code_lists()[name] -%}
        {%- do repeated.extend([code] * cells) -%}
    {%- endfor -%}
    {{ code_array(name, repeated) }}
{%- endmacro %}
