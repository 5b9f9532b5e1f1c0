-- Grain: one row per report: what was not plainly read.
{%- set conditions = {
    "leftovers": {"holds": "coalesce(leftovers, 0) = 0", "observed": "leftovers"},
    "ambiguous_cells": {
        "holds": "coalesce(ambiguous, 0) = 0",
        "observed": "ambiguous",
        "detail": "ambiguous_cells",
    },
    "blank_cells_forced": {
        "holds": "coalesce(forced, 0) = 0",
        "observed": "forced",
        "detail": "forced_cells",
    },
} %}
with lineage as (
    select * from {{ ref('stg_report_lineage') }}
    where has_notes
),

readings as (
    select
        lineage.report_key,
        count(*) filter (where (reading.value ->> '$.state') = 'ambiguous') as ambiguous,
        string_agg(reading.value ->> '$.cell', ', ') filter (
            where (reading.value ->> '$.state') = 'ambiguous'
        ) as ambiguous_cells,
        count(*) filter (where cast(reading.value ->> '$.value' as bigint) <> 0) as forced,
        string_agg(reading.value ->> '$.cell', ', ') filter (
            where cast(reading.value ->> '$.value' as bigint) <> 0
        ) as forced_cells
    from lineage
    cross join json_each(lineage.readings) as reading
    group by lineage.report_key
),

leftovers as (
    select
        report_key,
        json_array_length(leftovers) as leftovers
    from lineage
),

reports as (
    select
        report_key,
        authority_key,
        report_year
    from {{ ref('stg_reports') }}
    where not is_leftover
),

joined as (
    select
        reports.*,
        readings.* exclude (readings.report_key),
        leftovers.leftovers
    from reports
    left join readings on reports.report_key = readings.report_key
    left join leftovers on reports.report_key = leftovers.report_key
),

{{ judged_rules('readings', conditions, 'joined') }}
