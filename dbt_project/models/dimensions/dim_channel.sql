-- Grain: one row per channel of legal remedy.
with channels as (select * from {{ ref('channels') }})

select
    cast(channel as {{ code_type('channel') }}) as channel,
    channel_kind,
    channel_zh,
    channel_en,
    sort_order
from channels
