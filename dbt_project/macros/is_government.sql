{#-
    Whether a body is the government of a county or higher, which reports for its whole region;
    towns do not. A 地区 or a 盟 is governed by a 行政公署.
-#}
{% macro is_government(authority_zh) -%}
    (
        ({{ authority_zh }} like '%人民政府' or {{ authority_zh }} like '%行政公署')
        and {{ authority_zh }} not like '%镇人民政府'
        and {{ authority_zh }} not like '%乡人民政府'
        and {{ authority_zh }} not like '%苏木人民政府'
    )
{%- endmacro %}
