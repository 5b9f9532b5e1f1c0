{#-
    Exactly one revision in a group is current, and a held one never stands before a passed one of its
    scope, or of the body's.
-#}
{% test one_current_revision(model, group) %}
select {{ group | join(", ") }}
from {{ model }}
group by {{ group | join(", ") }}
having
    count(*) filter (where is_current) <> 1
    or (
        bool_or(is_current and status in ('held', 'rejected'))
        and (
            bool_or(status in ('passed', 'accepted') and not is_of_another_scope)
            or bool_or(is_current and is_of_another_scope)
            and bool_or(status in ('passed', 'accepted'))
        )
    )
{% endtest %}
