-- Every report that a document promises stands once with each table of the form.
{{ config(tags=['in_contract']) }}
with documents as (
    select * from {{ ref('stg_documents') }}
    where status = 'read'
),

report_tables as (select * from {{ ref('fct_report_tables') }}),

promised as (select coalesce(sum(reports), 0) as reports from documents),

found as (
    select
        count(*) as report_tables,
        count(distinct report_key) as reports
    from report_tables
)

select
    promised.reports as promised_reports,
    found.reports as found_reports,
    found.report_tables
from promised
inner join found
    on
        promised.reports <> found.reports
        or found.report_tables <> found.reports * {{ form_data().codes.table_id | length }}
