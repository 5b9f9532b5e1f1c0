{#- The column has the same value in all rows: it says something of the table, not of a row. -#}
{% test one_value(model, column_name) %}
select min({{ column_name }}) as lowest, max({{ column_name }}) as highest
from {{ model }}
having min({{ column_name }}) <> max({{ column_name }})
    or count({{ column_name }}) not in (0, count(*))
{% endtest %}
