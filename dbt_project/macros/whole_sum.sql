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
