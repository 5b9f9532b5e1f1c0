{#- Whether a row of the regions is in force in a row's report year. -#}
{% macro is_in_force(regions, other) -%}
    {{ other }}.report_year >= coalesce({{ regions }}.valid_from, 0)
    and {{ other }}.report_year <= coalesce({{ regions }}.valid_to, {{ other }}.report_year)
{%- endmacro %}

{#-
    Whether a body's name has in it what its region was called before that year, and not the name of
    that year: the body that bears the new name is expected in its place.
-#}
{% macro has_former_name(bodies, region_zh) -%}
    (
        not contains({{ bodies }}.authority_zh, {{ region_zh }})
        and exists (
            select 1 from {{ ref('regions') }} as former
            where
                former.region_code = {{ bodies }}.region_code
                and former.valid_to < {{ bodies }}.report_year
                and contains({{ bodies }}.authority_zh, former.region_zh)
        )
    )
{%- endmacro %}

{#- Whether a region is in force in a body's year under the name that the body bears, and not another before it. -#}
{% macro is_region_of(region_years, bodies) -%}
    (
        {{ region_years }}.region_code is not null
        and not {{ has_former_name(bodies, region_years ~ '.region_zh') }}
    )
{%- endmacro %}
