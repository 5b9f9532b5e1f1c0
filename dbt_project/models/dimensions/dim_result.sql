-- Grain: one row per result of a review or lawsuit.
with results as (select * from {{ ref('results') }})

select
    cast(result as {{ code_type('result') }}) as result,
    result_zh,
    result_en,
    is_closed,
    sort_order
from results
