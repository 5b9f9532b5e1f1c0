-- Grain: one row per outcome of any form version.
with outcomes as (select * from {{ ref('outcomes') }})

select
    cast(outcome as {{ code_type('outcome') }}) as outcome,
    outcome_category,
    outcome_zh,
    outcome_en,
    outcome_category_zh,
    outcome_category_en,
    form_versions,
    sort_order
from outcomes
