-- Grain: one row per report and field of its identity that parts of the document contradict.
with lineage as (
    select * from {{ ref('stg_report_lineage') }}
    where has_contradiction
),

evidence as (
    select
        lineage.report_key,
        cast(given.key as integer) as sort_order,
        given.value ->> '$.field' as report_field,
        given.value ->> '$.quote' as words,
        given.value -> '$.span' as span,
        (given.value ->> '$.value') || ' (' || (given.value ->> '$.source') || ')' as told
    from lineage
    cross join json_each(lineage.evidence) as given
    where (given.value ->> '$.agrees') = 'false'
)

select
    report_key,
    report_field,
    cast(to_json(list(told order by sort_order)) as varchar) as explanations,
    cast(arg_min(span, sort_order) as varchar) as span,
    arg_min(words, sort_order) as words
from evidence
group by report_key, report_field
