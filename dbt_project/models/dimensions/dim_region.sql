-- Grain: one row per region code and the years in which it was valid.
with regions as (select * from {{ ref('regions') }})

select
    region_code,
    valid_from,
    valid_to,
    region_zh,
    region_en,
    region_level,
    parent_code,
    valid_to is null as is_in_force
from regions
