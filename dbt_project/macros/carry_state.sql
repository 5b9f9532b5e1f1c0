{#-
    What the difference between carried in and carried out before means; nothing is assessed over a
    split.
-#}
{% macro carry_state() -%}
    case
        when is_split or carried_in - carried_out_before is null then 'not_assessed'
        when carried_in = carried_out_before then if(is_merged, 'merged', 'ok')
        when list_contains(carried_out_elsewhere, carried_in) then 'restated'
        else 'gap'
    end
{%- endmacro %}

{#- Why a link of the chain is not assessed. -#}
{% macro carry_reason() -%}
    case
        when is_split then 'split'
        when carried_in is null then 'carried_in_missing'
        when carried_out_before is not null then null
        when predecessors > 0 then 'predecessor_missing'
        when has_last_year then 'carried_out_missing'
        else 'no_report_of_last_year'
    end
{%- endmacro %}
