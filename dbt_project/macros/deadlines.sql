{#-
    The class of a body by which its deadline is set; null for a government whose region's level is
    not known. The office that keeps a government's reports publishes the consolidated one, which is
    the government's; any other consolidated report is that of a system under vertical leadership.
-#}
{% macro authority_class(authority_zh, region_level, scope="'own'") -%}
    case
        when
            {{ is_government(authority_zh) }}
            or {{ scope }} = 'consolidated' and {{ is_general_office(authority_zh) }}
            then {{ region_level }}
        when {{ scope }} = 'consolidated' then 'system'
        else 'department'
    end
{%- endmacro %}

{#-
    The class by which the deadline of an expected report is set: that of its report on file, where
    this is consolidated, else the body's.
-#}
{% macro class_of_report(expected, region_level, scope) -%}
    coalesce(
        nullif({{ authority_class(expected ~ '.authority_zh', region_level, scope) }}, 'department'),
        {{ expected }}.authority_class
    )
{%- endmacro %}

{#-
    The last day on which a body of a class may publish its report on a year; the catalogue declares
    month and day, for years before the law of today one for all.
-#}
{% macro deadline_of(authority_class, report_year) -%}
    case
        when {{ report_year }} < {{ parameter('published_on_time', 'first_year') }}
            then {{ day_after(report_year, 'earlier') }}
        else
            case {{ authority_class }}
                {%- for name in ("department", "county", "prefecture", "province", "system") %}
                when '{{ name }}' then {{ day_after(report_year, name) }}
                {%- endfor %}
            end
    end
{%- endmacro %}

{#- The day on which the last of all bodies must have published its report on a year. -#}
{% macro last_deadline(report_year) -%}
    greatest(
        {%- for name in ("department", "county", "prefecture", "province", "system") %}
        {{ day_after(report_year, name) }}{{ "," if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{#- A day of the catalogue's in the year after another. -#}
{% macro day_after(year, name) -%}
    {%- set month, day = parameter('published_on_time', name).split("-") -%}
    make_date({{ year }} + 1, {{ month | int }}, {{ day | int }})
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
