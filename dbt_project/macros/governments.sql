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

{#- Whether a body is the general office of a government, which may publish the consolidated report. -#}
{% macro is_general_office(authority_zh) -%}
    ({{ authority_zh }} like '%政府办公室' or {{ authority_zh }} like '%政府办公厅')
{%- endmacro %}

{#- The name of the government of a region: a 地区 or a 盟 is governed by a 行政公署. -#}
{% macro government_of(region_zh) -%}
    {{ region_zh }} || case
        when {{ region_zh }} like '%地区' or {{ region_zh }} like '%盟' then '行政公署' else '人民政府'
    end
{%- endmacro %}

{#- Whether the Regulations on Open Government Information hold in a region: not in 71, 81 and 82. -#}
{% macro has_duty(region_code) -%}
    left({{ region_code }}, 2) not in ('71', '81', '82')
{%- endmacro %}

{#- The governments of regions and years in force that none of the bodies expected is; they have no key. -#}
{% macro governments_never_seen(region_years, bodies) -%}
    select
        null as authority_key,
        {{ government_of(region_years ~ '.region_zh') }} as authority_zh,
        {{ region_years }}.region_code,
        {{ region_years }}.region_level as authority_class,
        {{ region_years }}.report_year
    from {{ region_years }}
    anti join {{ bodies }}
        on
            {{ is_region_year(region_years, bodies) }}
            and {{ region_years }}.region_level = {{ bodies }}.authority_class
    where {{ has_duty(region_years ~ '.region_code') }}
{%- endmacro %}

{#-
    What a report counts: what it says, else of a government the consolidated figures of its region, of
    an office its own.
-#}
{% macro scope_counted() -%}
    case
        when scope <> 'unknown' then scope
        when {{ is_government('authority_zh') }} then 'consolidated'
        else 'own'
    end
{%- endmacro %}

{#-
    Whether a report counts something else than the body's reports do: those of a government and of its
    general office are consolidated, those of all others their own.
-#}
{% macro is_of_another_scope() -%}
    (({{ scope_counted() }} = 'consolidated') <> (
        {{ is_government('authority_zh') }} or {{ is_general_office('authority_zh') }}
    ))
{%- endmacro %}
