{#- Every key is found in the other relation. -#}
{% test relationships_by_key(model, columns, to) %}
select {{ columns | join(", ") }}
from {{ model }}
anti join {{ to }} using ({{ columns | join(", ") }})
{% endtest %}
