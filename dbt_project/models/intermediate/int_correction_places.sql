-- Grain: one row per report, row of a table and place in the facts that a correction bears on.
with corrections as (
    select * from {{ ref('int_corrections') }}
    where is_active
),

placed as (
    select
        report_key,
        table_id,
        row_id,
        column_id as place,
        decision_id,
        true as is_own
    from corrections
    union all
    -- A total stands in the facts where no part of its row is printed: any correction of the row
    -- bears on that.
    select
        report_key,
        table_id,
        row_id,
        'unspecified' as place,
        decision_id,
        column_id = 'total' as is_own
    from corrections
)

select
    report_key,
    table_id,
    row_id,
    place,
    arg_max(decision_id, (is_own, decision_id)) as decision_id
from placed
group by report_key, table_id, row_id, place
