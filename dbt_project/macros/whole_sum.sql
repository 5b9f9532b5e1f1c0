{#-
    The sum of a row's figures over its parts, or its total where that alone is printed (as
    `unspecified`); null where some of the parts are blank. Of a table that passed none is; one that
    was accepted as it is needs all parts of the form.
-#}
{% macro whole_sum(measure, place, codes) -%}
    case
        when
            bool_and(status = 'passed')
            or count({{ measure }}) filter (where {{ place }} <> 'unspecified')
            in (0, {{ codes | length - 1 }})
            then sum({{ measure }})
    end
{%- endmacro %}

{#-
    The sum of the counted bodies' figures of a table; null where one of them, whose table passed or was
    accepted, has a blank: a part is no sum.
-#}
{% macro sum_of_bodies(measure, table) -%}
    cast(
        case
            when
                bool_and({{ measure }} is not null) filter (
                    where is_counted and {{ table }}_status in ('passed', 'accepted')
                )
                then sum({{ measure }}) filter (where is_counted)
        end as bigint
    )
{%- endmacro %}
