{#-
    The sum of a row's figures over its parts, or its total where that alone is printed (as
    `unspecified`); null where some of the parts are blank, as in a table that was accepted as it is.
-#}
{% macro whole_sum(measure, place, codes) -%}
    case
        when
            count({{ measure }}) filter (where {{ place }} <> 'unspecified')
            in (0, {{ codes | length - 1 }})
            then sum({{ measure }})
    end
{%- endmacro %}
