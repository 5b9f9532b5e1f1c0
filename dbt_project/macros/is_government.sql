{#- Whether a body is the government of a county or higher, which reports for its whole region; towns do not. -#}
{% macro is_government(authority_zh) -%}
    (
        {{ authority_zh }} like '%人民政府'
        and {{ authority_zh }} not like '%镇人民政府'
        and {{ authority_zh }} not like '%乡人民政府'
    )
{%- endmacro %}
