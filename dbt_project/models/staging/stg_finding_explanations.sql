-- Grain: one row per explained report and table.
with finding_explanations as (select * from {{ source('quality', 'finding_explanations') }})

select
    report_key,
    table_id,
    verdict,
    explanations
from finding_explanations
