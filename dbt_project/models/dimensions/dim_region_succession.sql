-- Grain: one row per region that another one followed.
with succession as (select * from {{ ref('region_succession') }})

select
    predecessor_code,
    successor_code,
    first_report_year,
    succession_kind
from succession
