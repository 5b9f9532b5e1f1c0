-- Grain: one row per report and table that violates an identity, explained and with its place.
with report_tables as (select * from {{ ref('int_report_tables') }}),

violations as (select * from {{ ref('int_violations') }}),

lineage as materialized (
    select
        report_key,
        lineage
    from {{ ref('stg_report_lineage') }}
    where report_key in (select violations.report_key from violations)
),

explanations as (select * from {{ ref('stg_explanations') }}),

corrections as (
    select
        report_key,
        table_id,
        max(decision_id) as decision_id
    from {{ ref('int_corrections') }}
    where is_active
    group by report_key, table_id
),

spans as (
    select
        violations.report_key,
        violations.table_id,
        json_group_object(printed.key, printed.value) as span
    from violations
    inner join lineage on violations.report_key = lineage.report_key
    cross join json_each(json_extract(lineage.lineage, '$.spans')) as printed
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
    report_tables.status = 'held'
    and (report_tables.is_current or report_tables.is_latest) as is_open,
    case
        when report_tables.status <> 'held'
            then coalesce(report_tables.decision_id, corrections.decision_id)
    end as decision_id
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
left join corrections
    on
        violations.report_key = corrections.report_key
        and violations.table_id = corrections.table_id
