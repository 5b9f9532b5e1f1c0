-- Grain: one row per held report and table that has been explained.
with explanations as (select * from {{ source('quality', 'explanations') }})

select
    report_key,
    table_id,
    verdict,
    explanations,
    span
from explanations
