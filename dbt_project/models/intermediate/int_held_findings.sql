-- Grain: one row per held report and table, with what explains it and where it was printed.
with report_tables as (select * from {{ ref('int_report_tables') }}),

violations as (select * from {{ ref('int_violations') }}),

lineage as (select * from {{ ref('stg_report_lineage') }}),

explanations as (select * from {{ ref('stg_explanations') }}),

spans as (
    select
        violations.report_key,
        violations.table_id,
        json_group_object(printed.key, printed.value) as span
    from violations
    inner join lineage on violations.report_key = lineage.report_key
    cross join json_each(lineage.spans) as printed
    where printed.key like violations.table_id || '.%'
    group by violations.report_key, violations.table_id
)

select
    violations.report_key,
    violations.table_id,
    violations.identities,
    violations.residuals,
    report_tables.is_current,
    coalesce(explanations.verdict, 'not_assessed') as verdict,
    coalesce(explanations.explanations, '[]') as explanations,
    coalesce(explanations.span, cast(spans.span as varchar)) as span,
    report_tables.is_current or report_tables.is_latest as is_open
from violations
inner join report_tables
    on
        violations.report_key = report_tables.report_key
        and violations.table_id = report_tables.table_id
left join spans
    on
        violations.report_key = spans.report_key
        and violations.table_id = spans.table_id
left join explanations
    on
        violations.report_key = explanations.report_key
        and violations.table_id = explanations.table_id
