{#-
    The class of a body by which its deadline is set; null for a government whose region's level is
    not known.
-#}
{% macro authority_class(authority_zh, region_level) -%}
    case when {{ is_government(authority_zh) }} then {{ region_level }} else 'department' end
{%- endmacro %}

{#-
    The last day on which a body of a class may publish its report on a year; the catalogue declares
    month and day.
-#}
{% macro deadline_of(authority_class, report_year) -%}
    case {{ authority_class }}
        {%- for name in ("department", "county", "prefecture", "province") %}
        {%- set month, day = parameter('published_on_time', name).split("-") %}
        when '{{ name }}'
            then make_date({{ report_year }} + 1, {{ month | int }}, {{ day | int }})
        {%- endfor %}
    end
{%- endmacro %}

{#- The level and the parent of each region by its code, whatever the year. -#}
{% macro region_levels() -%}
    select
        region_code,
        any_value(region_level) as region_level,
        any_value(parent_code) as parent_code
    from {{ ref('regions') }}
    group by region_code
{%- endmacro %}
