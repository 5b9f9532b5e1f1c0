-- Every report that is read stands with each table of the form, and every read document with its reports.
with documents as (
    select coalesce(sum(reports), 0) as reports from {{ ref('stg_documents') }} where status = 'read'
),

report_tables as (
    select count(*) as report_tables, count(distinct report_key) as reports
    from {{ ref('fct_report_tables') }}
)

select documents.reports as promised, report_tables.reports as found
from documents
cross join report_tables
where
    documents.reports <> report_tables.reports
    or report_tables.report_tables
    <> report_tables.reports * {{ form_data().codes.table_id | length }}
