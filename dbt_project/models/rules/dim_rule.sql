-- Grain: one row per rule of the catalogue.
with rules as (select * from {{ ref('rules') }})

select
    cast(rule_id as {{ code_type('rule') }}) as rule_id,
    rule_group,
    cast(rule_scope as {{ code_type('rule_scope') }}) as rule_scope,
    cast(severity as {{ code_type('rule_severity') }}) as severity,
    cast(nullif(table_id, '') as {{ code_type('table_id') }}) as table_id,
    rule_zh,
    rule_en,
    description_zh,
    description_en,
    formula,
    needs,
    parameters,
    is_finding,
    sort_order
from rules
