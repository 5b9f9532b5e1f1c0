-- Grain: one row per indicator of the reports on 2008-2018.
with indicators as (select * from {{ ref('legacy_indicators') }})

select
    indicator,
    indicator_zh,
    indicator_en,
    unit,
    is_reply,
    comparable_category as outcome_category,
    sort_order
from indicators
